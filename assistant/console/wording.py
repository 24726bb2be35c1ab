"""The Chinese words of the pages for the codes that the other parts use."""

from datetime import date, datetime, timedelta

from assistant.console.views import Tone

DISPOSITIONS = {
    "completed": "已完成",
    "partial": "中途中断",
    "callback_scheduled": "约定再次致电",
    "wrong_number": "号码有误",
    "refused": "拒绝随访",
    "opted_out": "要求不再来电",
    "transferred": "已转人工",
    "emergency": "紧急情况",
    "deceased": "告知已去世",
    "no_answer": "无人接听",
    "busy": "占线",
    "voicemail": "语音信箱",
    "failed": "呼叫失败",
}

STATUSES = {
    "stated": "自述",
    "confirmed": "本人确认",
    "refused": "拒答",
    "unknown": "不清楚",
    "not_asked": "未问",
    "not_by_phone": "电话中无法获得",
    "amended": "医生修改",
}

SPEAKERS = {
    "self": "本人",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "relative": "亲属",
    "carer": "照护者",
    "other": "他人",
}

LEVELS: dict[str, tuple[str, Tone]] = {
    "emergency": ("紧急", "emergency"),
    "urgent": ("加急", "urgent"),
    "doctor_review": ("请医生查看", "review"),
    "none": ("常规", "plain"),
}

CLASSIFICATIONS: dict[str, Tone] = {
    "控制满意": "good",
    "控制不满意": "review",
    "不良反应": "review",
    "并发症": "urgent",
}

CHANNELS = {
    "voice": "电话",
    "voice_text": "电话（文字模拟）",
    "text": "文字",
    "web": "网页",
    "wechat": "微信",
}

SPEECH_MODELS = {
    "synthetic-speech": "语音识别使用的是由合成语音训练的演示模型，不可用于真实居民。数值请对照录音核对。",
}
"""What has to be said of the speech model that listens, by its kind."""

SEXES = {"M": "男", "F": "女", "male": "男", "female": "女"}
WEEKDAYS = "一二三四五六日"


def staff_name(id_: str) -> str:
    """What somebody is called who is not in the list of staff."""
    return "开发账号" if id_ == "development" else id_


def disposition(code: str | None) -> str | None:
    """The name of a disposition; an unknown one is shown as it is rather than hidden."""
    return DISPOSITIONS.get(code, code) if code else None


def status(code: str, speaker: str | None) -> str:
    """The name of a slot's status, which says whose word it is: 自述, 本人确认, 配偶代述 …"""
    if speaker and speaker != "self" and code in ("stated", "confirmed"):
        return f"{SPEAKERS.get(speaker, speaker)}{'代述' if code == 'stated' else '确认'}"
    return STATUSES.get(code, code)


def day(value: date, today: date) -> str:
    """A date as one says it: 今天, 昨天, 明天, 3月5日 周四, 2025年3月5日."""
    names = {0: "今天", -1: "昨天", 1: "明天"}
    distance = (value - today).days
    if distance in names:
        return names[distance]
    spelled = f"{value.month}月{value.day}日"
    if value.year != today.year:
        return f"{value.year}年{spelled}"
    return f"{spelled} 周{WEEKDAYS[value.weekday()]}"


def moment(value: datetime, now: datetime) -> str:
    """A date and time as one says them: 今天 09:05."""
    return f"{day(value.date(), now.date())} {value:%H:%M}"


def elapsed(span: timedelta) -> str:
    """How long something has waited, coarsely: 刚刚, 12分钟, 3小时, 2天."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes}分钟"
    if minutes < 48 * 60:
        return f"{minutes // 60}小时"
    return f"{minutes // (24 * 60)}天"


def clock(seconds: float) -> str:
    """A place in a recording: 1:05."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
