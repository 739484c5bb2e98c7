"""A careful parser for the text lines an OCR engine finds on a resident identity card.

This is the yardstick's half that RapidOCR itself does not have: it gets text boxes in pixels of the whole
photograph and makes fields of them, by labels, by regular expressions and by place. It knows no picture.

Values follow the normal form that `shiming` prints: dates `YYYY-MM-DD` or 长期, numbers upper case,
ethnicity as printed, address lines joined without a separator. Nothing is filled in from another field: a
birth date copied from the number would make the comparison of the two worthless.
"""

from __future__ import annotations

import cmath
import datetime
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Fields = dict[str, str]

PORTRAIT_FIELDS = ("name", "sex", "ethnicity", "birth_date", "address", "number")
EMBLEM_FIELDS = ("issuer", "valid_from", "valid_until")

ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 "
    "景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 "
    "裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()

MIDDLE_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●﹒", "·"))
# What a recogniser takes for figures; only used where nothing but figures can stand.
FIGURES = str.maketrans("OoQDIlZzSsBG", "000011225586")
NOT_NAME = re.compile(r"[^\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]")
# A line that begins so begins a row, whatever clutter was read to the left of the card.
ROW_LABEL = re.compile(r"姓名|性别|出生|住址|公民身份|签发机关|有效期")
TITLE = re.compile(r"中华人民|民共和国|居民身份|身份证")
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Token:
    """One text line of the engine, placed along the card's own axes."""

    text: str
    left: float
    right: float
    # Height of the middle of the left and of the right end: lines are not level under perspective.
    y_left: float
    y_right: float
    height: float

    @property
    def y(self) -> float:
        return (self.y_left + self.y_right) / 2


def clean(text: str) -> str:
    """NFKC without white space and with one kind of middle dot; the specimen mark is not card text."""
    text = unicodedata.normalize("NFKC", text).translate(MIDDLE_DOTS)
    text = "".join(text.split())
    text = re.sub(r"(样本)?SPECIMEN", "", text, flags=re.IGNORECASE)
    return "" if text in ("样本", "样", "本") else text


def reading_axis(boxes: Iterable[Sequence[Point]]) -> float:
    """Direction of the text, radians in (-π/2, π/2]: long lines vote, each with its length."""
    vote = 0j
    for box in boxes:
        edges = [complex(b[0] - a[0], b[1] - a[1]) for a, b in ((box[0], box[1]), (box[1], box[2]))]
        long, short = sorted(edges, key=abs, reverse=True)
        if abs(short) > 0 and abs(long) > 2 * abs(short):
            # Doubling the angle makes a direction and its opposite the same vote.
            vote += abs(long) * cmath.exp(2j * cmath.phase(long))
    return cmath.phase(vote) / 2 if vote else 0.0


def place(text: str, box: Sequence[Point], angle: float) -> Token:
    """A line's box in a frame whose x axis has the given angle in the picture."""
    turn = cmath.exp(-1j * angle)
    points = [complex(x, y) * turn for x, y in box]
    by_x = sorted(points, key=lambda p: p.real)
    left, right = by_x[:2], by_x[2:]
    height = (abs(left[0].imag - left[1].imag) + abs(right[0].imag - right[1].imag)) / 2
    return Token(
        text=text,
        left=min(p.real for p in left),
        right=max(p.real for p in right),
        y_left=sum(p.imag for p in left) / 2,
        y_right=sum(p.imag for p in right) / 2,
        height=max(height, 1.0),
    )


def rows_of(tokens: Sequence[Token]) -> list[list[Token]]:
    """Chains of tokens on one line, top to bottom; each link bridges only one gap, so perspective adds up
    over a row without breaking it."""
    rows: list[list[Token]] = []
    for token in sorted(tokens, key=lambda t: t.left):
        best: tuple[float, list[Token]] | None = None
        for row in rows:
            last = row[-1]
            offset = abs(token.y_left - last.y_right)
            height = max(token.height, last.height)
            level = offset < 0.45 * height
            near = -0.6 * height < token.left - last.right < 5 * height
            if level and near and (best is None or offset < best[0]):
                best = (offset, row)
        if best and not ROW_LABEL.match(token.text):
            best[1].append(token)
        else:
            rows.append([token])
    return sorted(rows, key=lambda row: row[0].y_left)


def text_of(row: Sequence[Token]) -> str:
    return "".join(token.text for token in row)


def number_is_valid(number: str) -> bool:
    """GB 11643-1999: ISO 7064 MOD 11-2."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(number, weights))
    return "10X98765432"[total % 11] == number[17]


def find_number(rows: Sequence[Sequence[Token]]) -> str | None:
    """18 characters with a right check digit first, then 18 of any kind, then whatever follows the label."""
    candidates: list[str] = []
    labelled: str | None = None
    for text in [text_of(row) for row in rows] + [token.text for row in rows for token in row]:
        label = re.match(r"^.{0,2}[民身份号码]{2,6}", text)
        rest = (text[label.end():] if label else text).upper()
        if label and labelled is None and rest:
            labelled = re.sub(r"[^0-9X]", "", rest.translate(FIGURES)) or None
        # A recogniser's letters may only be mended where all the rest are figures.
        if sum(c.isdigit() for c in rest) >= 12 and not HAN.search(rest):
            figures = re.sub(r"[^0-9X]", "", rest.translate(FIGURES))
            candidates += [figures[i:i + 18] for i in range(max(0, len(figures) - 17))]
    for candidate in candidates:
        if number_is_valid(candidate):
            return candidate
    for candidate in candidates:
        if re.fullmatch(r"[0-9]{17}[0-9X]", candidate):
            return candidate
    return labelled


def iso_date(year: str, month: str, day: str) -> str | None:
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def value_column(row: Sequence[Token], label_length: int) -> float:
    """Where the value of a labelled row begins."""
    first = row[0]
    if len(first.text) <= label_length and len(row) > 1:
        return row[1].left
    # Label and value in one box: labels are printed a little smaller, with a gap behind them.
    share = min(1.0, label_length / max(len(first.text), 1))
    return first.left + share * (first.right - first.left)


def index_where(rows: Sequence[Sequence[Token]], pattern: str) -> int | None:
    return next((i for i, row in enumerate(rows) if re.search(pattern, text_of(row))), None)


def block(tokens: Iterable[Token], column: float, slack: float) -> str:
    """Lines that begin in one column, joined from top to bottom."""
    lines = [t for t in tokens if abs(t.left - column) < slack]
    return "".join(t.text for t in sorted(lines, key=lambda t: t.y_left))


def parse_portrait(tokens: Sequence[Token]) -> Fields:
    fields: Fields = {}
    rows = rows_of(tokens)
    number = find_number(rows)
    if number:
        fields["number"] = number

    for row in rows:
        text = text_of(row)
        birth = re.search(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})(?:日|$)", text)
        if birth and "birth_date" not in fields and (date := iso_date(*birth.groups())):
            fields["birth_date"] = date
        sex = re.search(r"(?:性别?|别)([男女])", text) or re.search(r"([男女])民族?", text)
        if sex and "sex" not in fields:
            fields["sex"] = sex[1]
        ethnic = re.search(r"(?:民族|民(?=[^身])|族)(.+)$", text)
        if ethnic and "ethnicity" not in fields and not re.search(r"公民|身份", text):
            rest = re.sub(r"[^\u3400-\u9fff]", "", ethnic[1])
            known = [e for e in ETHNICITIES if rest.startswith(e)]
            if value := max(known, key=len, default=rest.removesuffix("族")):
                fields["ethnicity"] = value
    if "sex" not in fields:
        fields.update({"sex": t.text for t in tokens if t.text in ("男", "女")})

    name_row = index_where(rows, r"^姓名?|^.?名")
    sex_row = index_where(rows, r"性别|民族")
    birth_row = index_where(rows, r"出生|[0-9]{4}年")
    address_row = index_where(rows, r"^住|^.?址")
    number_row = index_where(rows, r"公民身|身份号|[0-9]{15,}")

    if name_row is not None:
        row = rows[name_row]
        column, slack = value_column(row, 2), 2.2 * row[0].height
        end = rows[sex_row][0].y_left - 0.9 * row[0].height if sex_row is not None else math.inf
        # A long name stands on two lines, and then beside neither is the label.
        others = [r for i, r in enumerate(rows) if i != name_row]
        lines = [t for r in others for t in r if t.y_left < end and HAN.search(t.text)]
        own = Token(re.sub(r"^(姓名|姓|名)", "", text_of(row)), column, row[-1].right,
                    row[-1].y_left, row[-1].y_right, row[-1].height)
        fields["name"] = NOT_NAME.sub("", block([own, *lines], column, slack))
    if not fields.get("name"):
        # No label was read: the topmost line of Han characters above the sex is the name.
        above = [r for r in rows[:sex_row or 0] if HAN.search(text_of(r))]
        fields["name"] = NOT_NAME.sub("", text_of(above[0])) if above else ""

    if address_row is not None:
        row = rows[address_row]
        column, slack = value_column(row, 2), 2.2 * row[0].height
        # The first line stands beside the label.
        start = row[0].y_left - 0.5 * row[0].height
        end = rows[number_row][0].y_left - 0.6 * row[0].height if number_row is not None else math.inf
        lines = [t for i, r in enumerate(rows) if i not in (address_row, birth_row, number_row)
                 for t in r if start < t.y_left < end]
        own = Token(re.sub(r"^(住址|住|址)", "", text_of(row)), column, row[-1].right,
                    row[-1].y_left, row[-1].y_right, row[-1].height)
        # Lines without a Han character or figure are the second script of a bilingual card.
        wanted = [t for t in [own, *lines] if HAN.search(t.text) or re.search(r"[0-9]", t.text)]
        fields["address"] = block(wanted, column, slack)
    elif birth_row is not None and number_row is not None:
        between = rows[birth_row + 1:number_row]
        fields["address"] = "".join(text_of(r) for r in between if HAN.search(text_of(r)))
    return {name: value for name, value in fields.items() if value}


def parse_emblem(tokens: Sequence[Token]) -> Fields:
    fields: Fields = {}
    rows = rows_of(tokens)
    validity_row = None
    term = re.compile(
        r"([0-9]{4})[.,·年]?([0-9]{2})[.,·月]?([0-9]{2})日?[-—–~一至.·]*"
        r"(?:(长期?|长?期)|([0-9]{4})[.,·年]?([0-9]{2})[.,·月]?([0-9]{2}))"
    )
    for i, row in enumerate(rows):
        found = term.search(re.sub(r"^[有效期限]+", "", text_of(row)))
        if found and "valid_from" not in fields:
            year, month, day, long_term, *until = found.groups()
            validity_row = i
            for name, value in (
                ("valid_from", iso_date(year, month, day)),
                ("valid_until", "长期" if long_term else iso_date(*until)),
            ):
                if value:
                    fields[name] = value
    if validity_row is None:
        validity_row = index_where(rows, r"有效期|期限")

    issuer_row = index_where(rows, r"签发|发机关|机关")
    if issuer_row is not None:
        row = rows[issuer_row]
        label = re.match(r"^[签发机关]{2,4}", text_of(row))
        length = label.end() if label else 0
        column, slack = value_column(row, length), 2.5 * row[0].height
        # An issuer on two lines stands above and below the level of its label, never a row away.
        start = row[0].y_left - 1.5 * row[0].height
        end = rows[validity_row][0].y_left - 0.6 * row[0].height if validity_row is not None else math.inf
        lines = [t for i, r in enumerate(rows) if i not in (issuer_row, validity_row)
                 for t in r if start < t.y_left < end and not TITLE.search(t.text)]
        own = Token(text_of(row)[length:], column, row[-1].right,
                    row[-1].y_left, row[-1].y_right, row[-1].height)
        fields["issuer"] = NOT_NAME.sub("", block([t for t in [own, *lines] if HAN.search(t.text)], column, slack))
    if not fields.get("issuer"):
        office = [t.text for t in tokens if re.search(r"公安局|分局$", t.text)]
        fields["issuer"] = NOT_NAME.sub("", office[0]) if office else ""
    return {name: value for name, value in fields.items() if value}


def parse(side: str, lines: Sequence[tuple[str, Sequence[Point]]]) -> Fields:
    """Fields of one side from the engine's lines: text and four corners each, pixels of the photograph.

    `side` is `portrait_side` or `emblem_side`. The engine gives no sense of up and down for a card that
    lies on its head, so both are tried and the one that explains more fields is taken.
    """
    reader = parse_portrait if side == "portrait_side" else parse_emblem
    kept = [(clean(text), box) for text, box in lines]
    kept = [(text, box) for text, box in kept if text]
    axis = reading_axis(box for _, box in kept)
    results = []
    for angle in (axis, axis + math.pi):
        tokens = [place(text, box, angle) for text, box in kept]
        fields = reader(tokens)
        # Labels stand to the left of and above what follows them; that decides a tie.
        order = [t.text[:2] for t in sorted(tokens, key=lambda t: t.y_left)]
        labels = [order.index(x) for x in ("姓名", "性别", "出生", "住址", "公民", "中华", "签发", "有效") if x in order]
        rising = sum(a < b for a, b in zip(labels, labels[1:])) - sum(a > b for a, b in zip(labels, labels[1:]))
        results.append((rising, len(fields), fields))
    return max(results, key=lambda r: (r[0], r[1]))[2]
