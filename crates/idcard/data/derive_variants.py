#!/usr/bin/env python3
"""Derives variants.txt and common_han.txt.

usage: derive_variants.py FOLDER

FOLDER is `opencc/dictionary` of the unpacked package named in README.md. Writes into the current folder.
"""
import pathlib
import sys


def read(path):
    """character -> list of characters; entries of more than one character are left out."""
    result = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, values = line.partition("\t")
        values = [value for value in values.split() if len(value) == 1]
        if len(key) == 1 and values:
            result[key] = values
    return result


def gb2312():
    """The 6,763 ideographs of GB/T 2312-1980."""
    rows = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return {text for text in (row.decode("gb2312", "ignore") for row in rows) if text}


def main(folder):
    common = gb2312()
    to_traditional, to_simplified = read(folder / "STCharacters.txt"), read(folder / "TSCharacters.txt")
    linked = {}
    for name in ("TWVariants.txt", "HKVariants.txt", "JPVariants.txt"):
        for key, values in read(folder / name).items():
            for value in values:
                linked.setdefault(key, set()).add(value)
                linked.setdefault(value, set()).add(key)

    # Every way from an uncommon character to a common one: simplify it, or simplify a glyph variant of it.
    ways = {}
    for char in set(to_simplified) | set(linked):
        for form in {char} | linked.get(char, set()):
            for target in to_simplified.get(form, [form]):
                if target != char and target in common:
                    ways.setdefault(char, set()).add(target)

    sources = {}
    for char, targets in ways.items():
        if char not in common:
            for target in targets:
                sources.setdefault(target, set()).add(char)

    def is_one_character(target):
        """All sources are glyph variants of each other, and the target is not one of several traditional forms."""
        chars = sources[target]
        first = min(chars)
        group, todo = {first}, [first]
        while todo:
            for other in linked.get(todo.pop(), set()) & chars - group:
                group.add(other)
                todo.append(other)
        return group == chars and target not in to_traditional.get(target, [])

    same, near = {}, set()
    for char, targets in ways.items():
        for target in targets:
            unambiguous = char not in common and len(targets) == 1 and is_one_character(target)
            published = target in to_traditional or target in linked.get(char, set())
            if unambiguous and published:
                same[char] = target
            else:
                near.add((char, target))
    with open("variants.txt", "w", encoding="utf-8") as out:
        for char in sorted(same):
            out.write(f"= {char} {same[char]}\n")
        for char, target in sorted(near):
            out.write(f"~ {char} {target}\n")
    with open("common_han.txt", "w", encoding="utf-8") as out:
        out.write("".join(sorted(common)) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
