"""`python3 -m unittest discover -s bench/peers`: the parser on lines laid out like a card, no pictures."""

from __future__ import annotations

import cmath
import math
import unittest

import card

Line = tuple[str, float, float, float]  # text, left, top, height: tenths of a millimetre on the card

PORTRAIT: list[Line] = [
    ("姓名", 53, 67, 28),
    ("阿卜杜热合曼•买买提", 147, 62, 37),
    ("性别女", 53, 143, 30),
    ("民族维吾尔", 232, 143, 30),
    ("出生 1990年2月9日", 53, 213, 30),
    ("住址", 53, 284, 28),
    ("新疆维吾尔自治区乌鲁", 147, 284, 32),
    ("木齐市样本路17号", 147, 329, 32),
    ("样本 SPECIMEN", 586, 396, 25),
    ("公民身份号码", 53, 461, 28),
    ("00000019900209062X", 296, 457, 40),
]
EMBLEM: list[Line] = [
    ("中华人民共和国", 274, 76, 56),
    ("居民身份证", 270, 182, 74),
    ("签发机关", 236, 386, 28),
    ("乌鲁木齐市公安局", 368, 366, 32),
    ("天山区分局", 368, 406, 32),
    ("有效期限 2019.11.04-长期", 236, 454, 32),
]


def laid_out(lines: list[Line], turned: float) -> list[tuple[str, list[card.Point]]]:
    """The card at ten pixels per millimetre, turned by an angle in degrees."""
    turn = cmath.exp(1j * math.radians(turned))
    result = []
    for text, left, top, height in lines:
        width = sum(height if ord(c) > 0x2E80 else height * 0.56 for c in text)
        corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
        points = [complex(x, y) * turn + complex(2000, 1500) for x, y in corners]
        result.append((text, [(p.real, p.imag) for p in points]))
    return result


class CardTest(unittest.TestCase):
    def test_portrait_side_at_any_angle(self) -> None:
        for turned in (0, 7, -20, 88, 180, -140):
            fields = card.parse("portrait_side", laid_out(PORTRAIT, turned))
            self.assertEqual(
                fields,
                {
                    "name": "阿卜杜热合曼·买买提",
                    "sex": "女",
                    "ethnicity": "维吾尔",
                    "birth_date": "1990-02-09",
                    "address": "新疆维吾尔自治区乌鲁木齐市样本路17号",
                    "number": "00000019900209062X",
                },
                turned,
            )

    def test_emblem_side_with_an_issuer_on_two_lines(self) -> None:
        fields = card.parse("emblem_side", laid_out(EMBLEM, 3))
        self.assertEqual(
            fields,
            {"issuer": "乌鲁木齐市公安局天山区分局", "valid_from": "2019-11-04", "valid_until": "长期"},
        )

    def test_a_right_check_digit_wins(self) -> None:
        lines = [line for line in PORTRAIT if not line[0].startswith("0000")]
        wrong, right = ("000000199002090620", 296, 457, 40), ("00000019900209062X", 296, 520, 40)
        fields = card.parse("portrait_side", laid_out([*lines, wrong, right], 0))
        self.assertEqual(fields["number"], "00000019900209062X")

    def test_nothing_read_is_no_field(self) -> None:
        self.assertEqual(card.parse("portrait_side", []), {})
        self.assertEqual(card.parse("emblem_side", laid_out([("发票", 0, 0, 30)], 0)), {})


if __name__ == "__main__":
    unittest.main()
