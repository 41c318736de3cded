"""Findings about joint filings: partners without a task, windows that do not meet, agencies that have not decided."""

from __future__ import annotations

from planner.domain.finding import FindingType
from planner.intake.words.entry import INFO, WARNING, finding_type
from planner.law.rules.company import JOIN_REQUIRED, NOT_TO_JOIN

JOINT: tuple[FindingType, ...] = (
    finding_type(
        "law.partner-missing",
        WARNING,
        ("联合主体没有任务", "Partner without a task"),
        (
            "联合计划 {filing}：主体 {partner} 在 {count} 个对象没有自己的任务",
            "Joint filing {filing}: {partner} has no task of its own at {count} sites",
        ),
        ("请联合主体补报计划", "Let the partner file its own"),
        "joint.partners",
    ),
    finding_type(
        "law.partner-not-along",
        WARNING,
        ("联合主体不能同去", "A partner cannot come along"),
        (
            "联合计划 {filing}：主体 {partner} 在 {count} 个对象有安排但不能同去（{why_zh}），{then_zh}",
            "Joint filing {filing}: {partner} is to come to {count} sites, but not along ({why_en}); {then_en}",
        ),
        ("请与联合主体协商期限和检查方式", "Agree on windows and modes with the partner"),
        "joint.partners",
    ),
    finding_type(
        "law.joint-windows-apart",
        WARNING,
        ("联合各方期限没有交集", "Windows of a joint check do not meet"),
        (
            "联合计划 {filing}：{windows} 在 {count} 个对象没有共同的工作日，{then_zh}",
            "Joint filing {filing}: {windows} share no open day at {count} sites; {then_en}",
        ),
        ("请各方协商统一办理期限后重报", "Agree on a common window and file again"),
        "joint.partners",
    ),
    finding_type(
        "law.joint-later",
        INFO,
        ("联合检查等待对方期限", "A joint check waits for its partner"),
        (
            "联合计划 {filing}：{count} 个对象要等联合主体的计划 {other}（{window}），本月不实施",
            "Joint filing {filing}: {count} sites wait for the partner's {other} ({window}), not this month",
        ),
        ("如需提前，请协商统一办理期限", "Agree on a common window where it has to be earlier"),
        "joint.partners",
    ),
    finding_type(
        "law.joint-undecided",
        WARNING,
        ("不鼓励联合的对象尚未决定联合", "Joint filing at sites not to be joined"),
        (
            "联合计划 {filing}：{count} 个对象不鼓励联合，{agencies} 尚未决定联合，{then_zh}",
            "Joint filing {filing}: {count} sites are not to be joined and {agencies} have not decided to; {then_en}",
        ),
        (
            "请在“决定联合的主体”填写，或提交 join.not 的签字豁免",
            "Name them as having decided to join, or hand in a signed waiver of join.not",
        ),
        NOT_TO_JOIN.id,
    ),
    finding_type(
        "law.partners-none",
        WARNING,
        ("联合计划没有联合主体", "Joint filing without partners"),
        ("跨部门计划 {filing} 没有填写其他参加主体", "Joint filing {filing} names no partner"),
        ("请填写联合主体", "Name the partners"),
        "joint.partners",
    ),
    finding_type(
        "law.hazard-apart",
        WARNING,
        ("重大危险源未能与消防一次进门", "Major hazard not entered together with fire"),
        (
            "计划 {filing}（{own}）有 {count} 个重大危险源对象不能与消防同日检查：消防 {windows_zh}，各自实施",
            "Filing {filing} ({own}): {count} sites with major hazards are not entered with fire: {windows_en}",
        ),
        ("请与消防协商统一办理期限，或请消防补报计划", "Agree on a common window with fire, or have it file"),
        JOIN_REQUIRED.id,
    ),
    finding_type(
        "law.fire-apart",
        WARNING,
        ("消防与其他主体的期限没有交集", "Fire's window meets nobody's"),
        (
            "消防计划 {filing} 有 {count} 个对象另有其他主体的检查而没有共同的工作日，不能联合；"
            "如 {site}：消防 {own}，{windows}",
            "Fire's filing {filing}: at {count} sites others have checks and share no open day with it; for one {site}",
        ),
        ("请消防牵头与有关主体协商统一办理期限后重报", "Agree on a common window with them and file again"),
        "fire.leads",
    ),
    finding_type(
        "law.theme-not-joint",
        WARNING,
        ("主题必须联合", "Theme must be joint"),
        (
            "计划 {filing} 的主题“{theme}”应编制联合计划",
            "Filing {filing}: theme '{theme}' asks for a joint filing",
        ),
        ("请改报跨部门计划并写明联合主体", "File it as joint and name the partners"),
        "joint.partners",
    ),
)
