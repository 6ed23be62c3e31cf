"""Own report: does the writer say that he is the patient and well, and somebody else is ill?

`I'm fine, it's my driver, he has collapsed`; 我自己术后挺好，是我公公嘴歪了. Only plain words of
this kind make a third person somebody else: whoever writes of him otherwise writes for him.
"""

from __future__ import annotations

import re
from typing import Final

FINE_ZH: Final = (
    r"(?:没事|没啥|没什么|没问题|无恙|(?<![不没])(?:挺好|蛮好|很好|好着|好得很|都好|不错|挺顺|顺利|正常)|"
    r"恢复(?:得?(?:挺|很|蛮|不错|好)|中)|(?<![不没])(?:康复|好了|长好|愈合)|不用管我|ok)"
)
RELATIVE_ZH: Final = (
    "妈|爸|爹|娘|老公|老婆|老伴|老头|家|们|儿|女|弟|哥|姐|妹|舅|叔|姨|姑|爷|奶|公|婆|岳|同|朋|邻|先生|媳|"
    "大|小|二|三|外|孙|爱人|对象|丈|侄|表|堂|闺|室"
)
BUT: Final = r"(?! (?:apart|except|other than|but for|enough))"
WELL_EN: Final = (
    r"(?:fine|ok|okay|good|grand|well|great|alright|healed|brilliant|all right|mend\w+)"
)
WELL_MYSELF: Final = re.compile(
    rf"(?:我(?!{RELATIVE_ZH})|本人)[^,。!?;\n他她]{{0,14}}?{FINE_ZH}"
    r"|\b(?:im|i am|ive been|i feel|me) (?:(?:all|doing|recovering|healing|quite|perfectly|"
    r"otherwise|back|now|just|here|myself|keeping|getting|on|is|very|absolutely|well) )*"
    rf"(?:{WELL_EN}|recovering)\b{BUT}"
    r"|\bmy (?:own )?(?:[a-z]+ ){1,3}(?:is|are|was|were|went|has|have) (?:[a-z]+ ){0,2}"
    rf"(?:{WELL_EN}|healing|perfect|nicely|smoothly)\b{BUT}"
    rf"|\bmine (?:is|was|are|went|has) (?:[a-z]+ ){{0,2}}(?:{WELL_EN}|healing)\b"
)
NO_PATIENT: Final = re.compile(
    r"不是(?:你们|咱们?|贵|你|本)?(?:医?院)?(?:的)?(?:病人|患者)|不是病号|"
    r"没(?:有)?(?:做过|开过|动过)(?:手术|刀)|(?:他|她|老人)没(?:有)?手术|从来?没(?:开|做|动)过|"
    r"没在(?:你们|贵)|不归你们管|手术的是我|我才是|不是我(?:自己)?[,。]|不是(?:来)?问我|"
    r"(?:跟|和|与)我(?:自己)?的?[^,。\n]{0,8}(?:没关系|无关)"
    r"|\b(?:isnt|is not|not|hes not|shes not|no) (?:a |one of )?(?:your|yours|the)"
    r"(?: surgical)? patients?\b"
    r"|\bnot under your\b|\b(?:isnt|is not|not) (?:one of )?yours\b"
    r"|\b(?:isnt|is not|not) (?:registered )?with you\b"
    r"|\b(?:isnt|is not|its not|not) (?:about|for) me\b"
    r"|\bnot (?:that is |thats )?why i (?:write|am writing|message)\b"
    r"|\bi ?a?m (?:only|just) (?:here|on here|on this|your|the|using)\b"
    r"|\bi ?a?m the patient\b|\bpatient is me\b|\bi ?a?m your\b"
    r"|\bnothing to do with my\b|\b(?:ignore|never mind|forget) my\b|\bits not (?:my|me)\b"
    r"|\b(?:hes|shes|he is|she is|has|he has|she has) (?:never|not) (?:been|had) "
    r"(?:a |an |any )?(?:op|operat|surg|patient)"
)
# The one who is ill was operated on: then he is the patient, however well the writer is.
THEIR_OPERATION: Final = re.compile(
    r"\b(?:his|her|their) (?:[a-z]+ )?(?:op|operation|surgery|bypass|valve|stent|section|hernia|"
    r"gallbladder|wound|stitches|incision|replacement|transplant|procedure)\b|\byour patient\)|"
    r"\b(?:he|she) (?:had|has had|was operated|was discharged|came home)\b|"
    r"(?:他|她)(?:[^,。!?\n没]{0,8})(?:做完|做了|换完|换了|术后|手术后|出院|开了刀|切了)"
)
SELF: Final = re.compile(r"\b(?:i|im|ive|my|me|mine)\b|我|本人|自己")
THIRD: Final = re.compile(r"\b(?:he|she|hes|shes|his|her|hers|him)\b|[他她]")


def is_somebody_else(text: str) -> bool:
    """Whether the message says that its sign is another person's, not the patient's.

    `text` is the whole message as screening folds it.
    """
    if NO_PATIENT.search(text):
        return True
    return bool(WELL_MYSELF.search(text)) and not THEIR_OPERATION.search(text)


def is_about_a_third(before: str) -> bool:
    """Whether the last one named in these words, up to the sign, is neither 我 nor `I`."""
    third = [found.end() for found in THIRD.finditer(before)]
    own = [found.end() for found in SELF.finditer(before)]
    return bool(third) and (not own or third[-1] > own[-1])
