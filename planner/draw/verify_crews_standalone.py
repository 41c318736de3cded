"""派员抽取记录独立核验 / Independent check of inspectors' draws: one file, Python 3.10+ standard library, no network.

用法 / Usage:  python verify_crews_standalone.py crews.json      退出码 / exit code: 0 通过 verified, 1 不符 failed

种子 seed = SHA-256(两个随机数 both nonces, 计划与排时校验值 timetable_hash, 单位 unit, 日期 date)。
第 k 个随机数 / number k = HMAC-SHA256(seed, "inspectors:k") 的高位 / its top bits, 过大舍去 / discarded if too large;
由此得全体人员的次序 / they put all inspectors in order (each next one among those left, in order of id)。
逐组逐席 / crew by crew, seat by seat: 次序中第一个合法、且其余席位仍能排满的人 / the first in order who is lawful and
leaves all other seats fillable。非随机的组按已办工时从少到多 / crews that are no random draw: least worked first。
上一版为该次抽定的人在前，为别处抽定的在后 / drawn for it in the version before: first; drawn for another then: last。
"""

import hashlib
import hmac
import json
import sys
from datetime import date
from itertools import pairwise
from typing import Any

MESSAGES = {
    "file": "不是派员抽取记录文件 / not a file of inspectors' draws",
    "form": "记录写法不规范 / record not in normal form",
    "chain": "链式校验值不符 / chain hash differs",
    "repeated": "重复抽取 / drawn twice",
    "commitment": "随机数与承诺值不符 / nonce is not the one committed to",
    "late": "承诺晚于方案封存 / committed after the seal",
    "seed": "种子不符 / seed differs",
    "order": "抽取次序不符 / order differs",
    "teams": "人员或跳过理由不符 / people or reasons differ",
    "workload": "累计工作量不符 / workload so far differs",
    "uncommitted": "提示：随机数未事先承诺 / notice: nonce not committed beforehand",
    "same-day": "提示：承诺与封存同日 / notice: committed on the day of the seal",
    "kept": "提示：上一版抽定的人员留任 / notice: people drawn in the version before stay",
    "search": "提示：有人因搜索限度被跳过 / notice: someone was passed over undecided",
}
MAX_STEPS = 5000
NOTICES = {"uncommitted", "same-day", "kept", "search"}
BAD = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
TEXTS = ["month", "unit", "date", "agency", "timetable_hash", "sealed_on", "bureau_nonce", "agency_nonce", "seed"]
NUMBERS = ["per_crew", "travel_quarters"]
LISTS = ["crews", "candidates", "commitments", "order", "teams"]


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(value: Any) -> str:
    return hashlib.sha256(value if type(value) is bytes else text(value).encode()).hexdigest()


def need(condition: bool) -> None:
    if not condition:
        raise ValueError


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len(dict(pairs)) == len(pairs))
    return dict(pairs)


def random_order(names: list[str], seed: str) -> list[str]:
    left, counter, order = list(names), 0, []
    while left:
        block = hmac.new(seed.encode(), f"inspectors:{counter}".encode(), hashlib.sha256).digest()
        number, counter = int.from_bytes(block, "big") >> (256 - (len(left) - 1).bit_length()), counter + 1
        if number < len(left):
            order.append(left.pop(number))
    return order


def low(mask: int) -> int:
    return mask & -mask


def people_in(mask: int) -> list[int]:
    return [1 << n for n in range(mask.bit_length()) if mask >> n & 1]


# A post is [people free to join, [[people who count, how many still wanted], ...], seats left].


def filled(post: Any) -> bool:
    return all(count <= 0 for _, count in post[1])


def tightest(post: Any) -> Any:
    return min([(post[0] & who).bit_count() - count, post[0] & who, count] for who, count in post[1] if count > 0)


class Day:
    """One unit's day: its rules, and how many steps of search are left."""

    def __init__(self, d: dict[str, Any]) -> None:
        self.d, self.steps, self.gave_up, self.clash = d, MAX_STEPS, False, [set[int]()]

    def apart(self, a: Any, b: Any) -> bool:
        """Whether nobody can be at both stays."""
        a, b = sorted((a, b), key=lambda s: (s[3], s[3] + s[4]))
        shared = any(x and y for x, y in zip(halves([a]), halves([b]), strict=True))
        return bool(b[3] < a[3] + a[4] + (self.d["travel_quarters"] if shared and a[2] != b[2] else 0))

    def post(self, shape: Any) -> Any:
        _, stays, most = shape
        size, rows = self.d["per_crew"], list(enumerate(self.d["candidates"]))
        able = [sum(1 << n for n, c in rows if skill in c[2]) for skill in skills_of(stays)]
        lawful = sum(1 << n for n, c in rows if not barred(c, stays))
        if most == size:
            for who in able:
                lawful &= who
            return [lawful, [[lawful, size]], size]
        return [lawful, [[who & lawful, size] for who in [lawful, *able]], most]

    def clashes(self, shapes: Any) -> list[set[int]]:
        return [
            {m for m, t in enumerate(shapes) if m != n and any(self.apart(a, b) for a in s[1] for b in t[1])}
            for n, s in enumerate(shapes)
        ]

    def manned(self, shapes: Any) -> Any:
        self.clash = self.clashes(shapes)
        return self.complete([self.post(s) for s in shapes])

    def seat(self, posts: Any, n: int, person: int) -> Any:
        after = [[p[0] & ~person, *p[1:]] if m in self.clash[n] else p for m, p in enumerate(posts)]
        free, demands, seats = posts[n]
        after[n] = [free & ~person, [[who, count - bool(who & person)] for who, count in demands], seats - 1]
        return after

    def complete(self, posts: Any) -> Any:
        """Teams that fill all posts, None where there are none or the steps are spent."""
        self.gave_up = False
        teams = self.greedy(posts, list(range(len(posts))))
        if teams is not None:
            return teams
        result, seen = [0] * len(posts), set[int]()
        for n in range(len(posts)):
            part, todo = {n} - seen, [n] if n not in seen else []
            while todo:
                new = {m for m in self.clash[todo.pop()] if m < len(posts)} - part
                part, todo = part | new, todo + sorted(new)
            seen |= part
            some = self.part(posts, [m for m in sorted(part) if not filled(posts[m])])
            if some is None:
                return None
            result = [a | b for a, b in zip(result, some, strict=True)]
        return result

    def part(self, posts: Any, part: list[int]) -> Any:
        teams = self.greedy(posts, part)
        if teams is not None:
            return teams
        if all(m in self.clash[n] for n in part for m in part if m != n) and all(len(posts[n][1]) == 1 for n in part):
            return self.matching(posts, part)
        cliques = []
        for n in part:
            clique = {n}
            for m in part:
                clique |= {m} if clique <= self.clash[m] else set()
            cliques.append(sorted(clique))
        return self.search(list(posts), part, cliques)

    def greedy(self, posts: Any, part: list[int]) -> Any:
        now, teams = list(posts), [0] * len(posts)
        for n in sorted(part, key=lambda n: -99 if filled(posts[n]) else tightest(posts[n])[0]):
            while not filled(now[n]):
                spare, who, _ = tightest(now[n])
                if spare < 0 or not now[n][2]:
                    return None
                unmet = [mask for mask, count in now[n][1] if count > 0]
                person = max(people_in(who), key=lambda b: sum(bool(mask & b) for mask in unmet))
                now = self.seat(now, n, person)
                teams[n] |= person
        return teams

    def matching(self, posts: Any, clique: list[int]) -> Any:
        seats = [(n, tightest(posts[n])) for n in clique if not filled(posts[n])]
        wanted = [(n, who) for n, (_, who, count) in seats for _ in range(count)]
        holder: dict[int, int] = {}

        def place(seat: int, tried: set[int]) -> bool:
            for person in people_in(wanted[seat][1]):
                if person not in tried:
                    tried.add(person)
                    if person not in holder or place(holder[person], tried):
                        holder[person] = seat
                        return True
            return False

        if not all(place(seat, set()) for seat in range(len(wanted))):
            return None
        teams = [0] * len(posts)
        for person, seat in holder.items():
            teams[wanted[seat][0]] |= person
        return teams

    def search(self, posts: Any, part: list[int], cliques: Any) -> Any:
        while True:
            self.gave_up = self.gave_up or self.steps <= 0
            if self.gave_up:
                return None
            self.steps -= 1
            left = [(*tightest(posts[n]), n) for n in part if not filled(posts[n])]
            if not left:
                return [0] * len(posts)
            if any(spare < 0 or count > posts[n][2] for spare, _, count, n in left):
                return None
            if any(self.matching(posts, clique) is None for clique in cliques):
                return None
            _, who, _, n = min(left, key=lambda row: (row[0], row[3]))
            person, alike = low(who), -1
            teams = self.search(self.seat(posts, n, person), part, cliques)
            if teams is not None:
                teams[n] |= person
                return teams
            for post in posts:
                for mask in [post[0]] + [who for who, _ in post[1]]:
                    alike &= mask if mask & person else ~mask
            posts[n] = [posts[n][0] & ~alike, *posts[n][1:]]

    def shapes(self) -> Any:
        """[crew, stays, largest team] of every team: as few people, then as few changes, as the day allows."""
        size = self.d["per_crew"]
        crews = sorted(self.d["crews"], key=lambda c: (c["balanced"], c["number"]))
        whole = [[c, c["stays"], size] for c in crews]
        if not any(self.apart(a, b) for c in crews for a, b in pairwise(c["stays"])) and self.manned(whole) is not None:
            return whole
        loose = [[[c, [s], size * max(1, len(s[5]))] for s in c["stays"]] for c in crews]
        need(self.manned([s for shapes in loose for s in shapes]) is not None)
        settled: list[Any] = []
        for n, crew in enumerate(crews):
            later, best = [s for shapes in loose[n + 1 :] for s in shapes], loose[n]
            for way in self.ways(crew):
                if self.manned(settled + way + later) is not None:
                    best = way
                    break
            for k, shape in enumerate(best):
                for most in range(size, shape[2]):
                    tried = [*best[:k], [*shape[:2], most], *best[k + 1 :]]
                    if self.manned(settled + tried + later) is not None:
                        best = tried
                        break
            settled += best
        return settled

    def ways(self, crew: Any) -> Any:
        stays, size = crew["stays"], self.d["per_crew"]
        cut = [[s for s in stays if s[3] < 12], [s for s in stays if s[3] >= 12]]
        ways: list[Any] = []
        for way in [[stays], [part for part in cut if part], [[s] for s in stays]]:
            if way not in ways and not any(self.apart(a, b) for part in way for a, b in pairwise(part)):
                ways.append(way)
        for most in range(size, size * max(1, len(skills_of(stays))) + 1):
            for way in ways:
                yield [[crew, part, most] for part in way]

    def teams(self, order: list[int]) -> list[Any]:
        shapes, rows, size = self.shapes(), self.d["candidates"], self.d["per_crew"]
        posts, self.clash = [self.post(s) for s in shapes], self.clashes(shapes)
        witness = self.complete(posts)
        need(witness is not None)
        before: dict[int, int] = {}
        teams = []
        for n, (crew, stays, most) in enumerate(shapes):
            number, team, seats = crew["number"], 0, []
            was, load = before.get(number, 0), [c[4] if crew["balanced"] else 0 for c in rows]
            here = drawn_before(stays)
            away = drawn_before(s for c in self.d["crews"] for s in c["stays"]) - here
            names = [c[0] for c in rows]
            turn = sorted(order, key=lambda p: (names[p] not in here, not was >> p & 1, names[p] in away, load[p]))
            while not filled(posts[n]):
                passed: list[Any] = []
                for p in (p for p in turn if not team >> p & 1):
                    bit, has = 1 << p, [skill in rows[p][2] for skill in skills_of(stays)]
                    why, k, teams_then = barred(rows[p], stays), None, None
                    if not why and has and not (all(has) if most == size else any(has)):
                        why = "skill"
                    if not why and not posts[n][0] & bit:
                        why = "taken"
                    if not why and not witness[n] & bit:
                        after = self.seat(posts, n, bit)
                        teams_then = self.complete(after)
                        if teams_then is None:
                            why = "search" if self.gave_up else "completion"
                        if why == "completion":
                            last = next(m for m in range(len(after)) if self.complete(after[: m + 1]) is None)
                            k = shapes[last][0]["number"]
                    if not why:
                        posts, witness = self.seat(posts, n, bit), teams_then or witness
                        witness = [w & ~bit if m == n else w for m, w in enumerate(witness)]
                        team |= bit
                        seats.append([rows[p][0], passed])
                        break
                    passed.append([rows[p][0], why, k])
                else:
                    raise ValueError
            before[number] = was | team
            teams.append({"crew": number, "visits": [s[0] for s in stays], "seats": seats})
        return sorted(teams, key=lambda t: t["crew"])


def halves(stays: Any) -> list[bool]:
    return [any(s[3] < 12 for s in stays), any(s[3] >= 12 or s[3] + s[4] > 12 for s in stays)]


def drawn_before(stays: Any) -> set[str]:
    return {name for s in stays for names in s[6:] for name in names}


def skills_of(stays: Any) -> list[str]:
    return sorted({skill for s in stays for skill in s[5]})


def barred(candidate: Any, stays: Any) -> str:
    if any(asked and not there for asked, there in zip(halves(stays), candidate[1], strict=True)):
        return "absent"
    return "recused" if any(s[1] in candidate[3] for s in stays) else ""


def is_sorted(values: list[Any]) -> bool:
    return values == sorted(set(values))


def types_of(row: Any) -> list[Any]:
    return [type(cell) for cell in row]


def check_form(d: dict[str, Any]) -> None:
    need(set(d) == {*TEXTS, *NUMBERS, *LISTS, "committed"})
    need(types_of(d[k] for k in TEXTS) == [str] * len(TEXTS) and types_of(d[k] for k in NUMBERS) == [int] * 2)
    need(types_of(d[k] for k in LISTS) == [list] * 5 and bool(d["bureau_nonce"] and d["agency_nonce"] and d["unit"]))
    need(d["agency"] != "bureau" and d["per_crew"] >= 1 and d["travel_quarters"] >= 0)
    for c in d["crews"]:
        need(set(c) == {"number", "balanced", "stays"} and type(c["number"]) is int and c["number"] >= 0)
        need(type(c["balanced"]) is bool and is_sorted([(s[3], s[0]) for s in c["stays"]]) and bool(c["stays"]))
        for s in c["stays"]:
            need(types_of(s[:5]) == [str, str, str, int, int] and s[3] >= 0 and s[4] >= 0 and len(s) in (6, 7))
            need(all(type(names) is list and is_sorted(names) for names in s[5:]) and all(s[6:]))
            need(all(type(name) is str for names in s[5:] for name in names))
            need(drawn_before([s]) <= {row[0] for row in d["candidates"]})
    visits = [s[0] for c in d["crews"] for s in c["stays"]]
    need(len(set(visits)) == len(visits) and is_sorted([c["number"] for c in d["crews"]]))
    for row in d["candidates"]:
        need(types_of(row) == [str, list, list, list, int] and types_of(row[1]) == [bool, bool])
        need(all(is_sorted(part) and all(type(cell) is str for cell in part) for part in row[2:4]))
    holders = [c["holder"] for c in d["commitments"]]
    need(
        is_sorted([row[0] for row in d["candidates"]])
        and is_sorted(holders)
        and set(holders) <= {"bureau", d["agency"]}
    )
    need(all(set(c) == {"holder", "commitment", "committed_on"} for c in d["commitments"]))
    need(all(type(c["commitment"]) is str for c in d["commitments"]) and d["committed"] is (len(holders) == 2))
    for day in [d["date"], d["sealed_on"], *(c["committed_on"] for c in d["commitments"])]:
        need(date.fromisoformat(day).isoformat() == day)
    need(all(type(name) is str for name in d["order"]))
    for t in d["teams"]:
        need(set(t) == {"crew", "visits", "seats"} and type(t["crew"]) is int)
        need(type(t["visits"]) is list and type(t["seats"]) is list and all(type(v) is str for v in t["visits"]))
        for who, passed in t["seats"]:
            need(type(who) is str and type(passed) is list)
            need(all(types_of(p) in ([str, str, int], [str, str, type(None)]) for p in passed))


def check_draw(d: dict[str, Any], worked: dict[Any, int]) -> list[str]:
    """Codes of what is wrong; each step starts from the recorded result of the step before."""
    try:
        check_form(d)
    except BAD:
        return ["form"]
    nonces = {"bureau": d["bureau_nonce"], d["agency"]: d["agency_nonce"]}
    order: list[str] | None = random_order([c[0] for c in d["candidates"]], d["seed"])
    index = {c[0]: n for n, c in enumerate(d["candidates"])}
    try:
        teams = Day(d).teams([index[name] for name in order or []])
    except ValueError:
        teams, order = [], None
    seed = [d["bureau_nonce"], d["agency_nonce"], d["timetable_hash"], d["unit"], d["date"]]
    wrong = {
        "commitment": any(sha(nonces[c["holder"]].encode()) != c["commitment"] for c in d["commitments"]),
        "late": any(c["committed_on"] > d["sealed_on"] for c in d["commitments"]),
        "same-day": any(c["committed_on"] == d["sealed_on"] for c in d["commitments"]),
        "seed": sha(seed) != d["seed"],
        "order": order is not None and order != d["order"],
        "teams": text(teams) != text(d["teams"]),
        "uncommitted": not d["committed"],
        "kept": bool(drawn_before(s for c in d["crews"] for s in c["stays"])),
        "search": any(p[1] == "search" for t in teams for seat in t["seats"] for p in seat[1]),
    }
    key = d["month"], d["unit"]
    codes = [code for code, is_wrong in wrong.items() if is_wrong]
    codes += ["workload" for c in d["candidates"] if worked.setdefault((*key, c[0]), c[4]) != c[4]]
    quarters = {s[0]: s[4] for c in d["crews"] for s in c["stays"]}
    for t in d["teams"]:
        for who, _ in t["seats"]:
            worked[*key, who] = worked.get((*key, who), 0) + sum(quarters.get(v, 0) for v in t["visits"])
    return codes


def check_file(path: str) -> list[tuple[str, str]]:
    """(code, unit and date) of all that is wrong with a file."""
    try:
        with open(path, "rb") as file:
            book = json.loads(file.read(), object_pairs_hook=unique)
        need(set(book) == {"format", "draws", "chain_hash"} and book["format"] == "joint-inspection-crews/2")
        link, found = sha(book["format"]), []
        seen, worked = set[str](), dict[Any, int]()
        for entry in book["draws"]:
            d = {key: value for key, value in entry.items() if key != "chain"}
            name, link = f"{d.get('unit')} {d.get('date')}", sha([link, d])
            codes = ["chain"] * (entry.get("chain") != link) + ["repeated"] * (name in seen) + check_draw(d, worked)
            found += [(code, name) for code in codes]
            seen.add(name)
        return found + [("chain", "")] * (book["chain_hash"] != link)
    except (OSError, *BAD):
        return [("file", "")]


def main(paths: list[str]) -> int:
    failed = not paths
    for path in paths:
        found = check_file(path)
        for code, name in found:
            print(f"  [{code}] {name} {MESSAGES[code]}")
        bad = {code for code, _ in found} - NOTICES
        print(f"{path}: {'不符 / FAILED' if bad else '核验通过 / VERIFIED'}")
        failed = failed or bool(bad)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
