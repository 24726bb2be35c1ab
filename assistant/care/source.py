"""Where a rule comes from, and whether somebody has read it there."""

from assistant.dialogue.frozen import Frozen


class Source(Frozen):
    """The origin of a rule.

    Only a `verified` source may be shown or spoken as a citation. `reviewer` names the clinician who has
    signed the rule off, None until one has.
    """

    document: str
    section: str = ""
    verified: bool = False
    reviewer: str | None = None

    @property
    def citation(self) -> str | None:
        """How to cite it, None while nobody has verified it."""
        if not self.verified:
            return None
        return f"《{self.document}》{self.section}"


FOLLOW_UP_STANDARD = Source(
    document="国家基本公共卫生服务规范（第三版）", section="高血压患者健康管理服务规范", verified=True
)
"""Read in re-published copies that agree with each other."""

FORM_CODES = Source(document="高血压患者随访服务记录表", section="下一步管理措施", verified=True)
"""The next-step codes as production software mirrors them."""

ELDERLY_TARGET = Source(document="国家基本公共卫生服务规范（第三版）", section="65岁及以上血压控制目标")
"""Below 150/90 from 65 years: to be verified."""

WORST_CLASS = Source(document="高血压患者随访服务记录表", section="多种情况并存时的分类")
"""The worst of several classes wins: to be verified."""

ALERT_POLICY = Source(document="本机构提示分级约定")
"""How soon a person must look at what was said: to be confirmed by a clinician."""
