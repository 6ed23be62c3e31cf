"""Lead: take a patient's chat over and hand it back, from a case or a patient's page."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from bot.console.door import Visit, look_for
from bot.core.errors import AlreadyDone
from bot.services.hand_back import hand_back
from bot.services.outbox import fill
from bot.services.staff_accounts import Refused
from bot.services.take_over import take_over
from bot.services.write_to_patient import LONGEST_MESSAGE, write_to_patient

Again = Callable[..., Response]  # the page once more, with a notice


def take(visit: Visit, back: str, again: Again) -> Response:
    """Lead the chat named in the form; whoever came second reads who leads."""
    given = {
        "conversation_id": visit.form.get("chat", ""),
        "nurse_id": visit.nurse.id,
        "from_nurse_id": visit.form.get("from", ""),
    }
    t = look_for(visit.desk, visit.nurse.language).t
    try:
        take_over(visit.parts, **given)
    except AlreadyDone as first:
        return again(visit, notice=t("lead.by_other", nurse=first.by), status=409)
    except Refused:
        return again(visit, notice=t("lead.closed"), status=409)
    return visit.go(back, done="took_over")


def give(visit: Visit, back: str, again: Again) -> Response:
    """The chatbot goes on."""
    t = look_for(visit.desk, visit.nurse.language).t
    try:
        hand_back(visit.parts, conversation_id=visit.form.get("chat", ""), nurse_id=visit.nurse.id)
    except AlreadyDone as first:
        return again(visit, notice=t("lead.by_other", nurse=first.by), status=409)
    return visit.go(back, done="handed_back")


def write(visit: Visit, episode_id: str, back: str, again: Again) -> Response:
    """The nurse's own words to the patient; sent once however often it is pressed."""
    t = look_for(visit.desk, visit.nurse.language).t
    try:
        write_to_patient(
            visit.parts,
            visit.nurse,
            episode_id=episode_id,
            text=visit.form.get("text", ""),
            once=visit.form.get("once", ""),
            to=visit.form.get("to", ""),
            lead=visit.form.get("lead", "") == "yes",
        )
    except AlreadyDone as first:
        return again(visit, notice=t("lead.not_sent", nurse=first.by), status=409)
    except Refused as refused:
        why = t(f"wrong.{refused.fields.get('text', 'no_chat')}", limit=LONGEST_MESSAGE)
        return again(visit, wrong={"text": why}, status=422)
    return visit.go(back, done="message_sent")


def quick_replies(visit: Visit) -> list[dict[str, str]]:
    """The ward's quick replies, in every language a patient may read, with the numbers filled."""
    return [
        {language: fill(visit.parts, words, language) for language in words.by_language}
        for words in visit.parts.library.shared.quick_replies.values()
    ]
