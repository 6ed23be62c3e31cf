"""The phrases the chatbot must be able to say, and the blanks each of them may carry.

A key that is missing in pathways/shared/phrases.yml stops the start, so that nobody
ever reads an empty line. Whoever says a phrase fills every blank named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_KEYS: Final = """
# Why a nurse is called
cause_not_understood question
cause_asked_for_human
cause_sign_now
cause_unlisted_complaint
cause_death_told
emergency_unknown_person emergency
relayed_to_nurse name text
# Enrolment
code_needed emergency
code_unknown
code_expired
code_already_used
ask_birth_year
birth_year_not_understood
birth_year_wrong left
birth_year_locked emergency
enrolled_hello name operation
enrolled_hello_caregiver name operation
already_enrolled
# Consent
consent_ask
button_agree
button_disagree
consent_given
consent_refused emergency
consent_not_understood
consent_first emergency
next_check_in emergency when
# Language, stop and start
language_choose
button_language_zh
button_language_en
language_set
stopped emergency
stopped_already
stopped_hint emergency
stopped_urgent emergency
started_again
started_already
# Check-in
check_in_greeting name
check_in_greeting_caregiver name
check_in_catch_up
check_in_again
reminder
reminder_caregiver name
nudge_caregiver name text
call_back_promised emergency when
silence_nurse emergency
silence_proxy emergency name
answer_noted
answers_noted items
correction_noted answer
ask_back_two first second
ask_back_range high low
ask_back_one answer
ask_back_number
not_understood_once
weary_of_questions
not_understood_twice
dont_know_noted
refused_noted
later_ok when
later_not_again
late_reply
why_default
choose_several
stale_button
nothing_planned emergency
nothing_open
check_in_stopped
check_in_ended
button_yes
button_no
button_dont_know
button_later
button_why
button_done
button_correct
button_nurse
# Summary at the end of a check-in
summary_heard items
summary_item answer question
summary_unclear items
summary_means reason
summary_do advice
summary_routine
if_worse emergency
self_care_advice
answer_yes
answer_no
answer_unknown
answer_refused
answer_none
# Questions from the patient
question_confirm topic
button_that_is_it
button_something_else
question_answered answer
question_more
question_handed_to_nurse emergency
question_and_complaint
out_of_scope
no_diagnosis
topic_wound_care
topic_bathing
topic_diet
topic_activity_exercise
topic_driving_work
topic_medication
topic_pain_control
topic_follow_up_visit
topic_sutures
topic_swelling_bruising
topic_constipation
topic_sleep
topic_mood
topic_sex
topic_travel
topic_results
topic_other
# Photos, voice and the rest
photo_received
voice_received emergency
video_received
document_received
location_received emergency
sticker_received
unsupported_content
too_long
empty_message
edited_noted
forwarded_noted
foreign_language
group_refused
# A nurse comes in
nurse_told
nurse_has_it emergency nurse
nurse_still_waiting emergency
nurse_takeover nurse
nurse_handed_back nurse
nurse_led_away emergency nurse
nurse_closed emergency nurse
nurse_told_more emergency
nurse_closed_unreachable emergency nurse
nurse_closed_sent_to_emergency emergency nurse
nurse_wanted emergency
nurse_out_of_hours emergency hospital_line
saved_nurse_will_look emergency
# Danger
emergency_advice emergency
emergency_repeat emergency
crisis_support crisis emergency
same_day_advice emergency
within_48_hours_advice emergency
clarify_sign words
button_now
button_over
button_other_person
another_person_emergency emergency
another_person_crisis crisis emergency
distress_support crisis emergency
# Small talk and hard talk
greeting
greeting_in_check_in
thanks
goodbye
are_you_human
help emergency
complaint
abuse
bad_news
bereavement
wrong_person
privacy
episode_finished emergency
follow_up_ended emergency nurse
follow_up_goes_on nurse
registered_twice
# Days and times
when_today time
when_tomorrow time
when_on day month time
# Words for the nurse
level_emergency
level_same_day
level_within_48_hours
level_self_care
level_routine
staff_code_accepted nurse
staff_code_wrong
staff_page level sbar
staff_page_again level sbar turn
staff_button_have_it
staff_button_pass_on
staff_button_open
staff_button_close
staff_you_have_it
staff_taken_by nurse
staff_passed_on
staff_ask_outcome
staff_closed nurse outcome
staff_already_closed nurse
staff_reopened
staff_case_went ward
staff_not_understood
staff_chat_taken
staff_chat_moved
staff_nobody_else
staff_more_signs words
staff_raised
staff_no_open_cases
staff_case_yours level
staff_case_waiting level
staff_nurse_unreachable nurse
staff_drill minutes
staff_drill_thanks seconds
staff_drill_done
outcome_called
outcome_advised
outcome_seen
outcome_sent_to_emergency
outcome_unreachable
outcome_not_urgent
sbar_situation
sbar_background
sbar_assessment
sbar_recommendation
sbar_more count
sbar_age age
sbar_day day
sbar_tier_low
sbar_tier_medium
sbar_tier_high
sbar_speaks_zh
sbar_speaks_en
sbar_writer_patient
sbar_writer_caregiver
sbar_no_answers
sbar_unclear words
sbar_before value
sbar_call within
sbar_told advice
sbar_minutes count
sbar_hours count
# A nurse leads the chat
cause_takeover_unanswered nurse
staff_button_take_over
staff_button_take_from nurse
staff_button_hand_back
staff_button_quick
staff_you_lead
staff_you_lead_again
staff_led_by nurse
staff_taken_from_you nurse
staff_sent_to_patient
staff_ask_which_patient
staff_text_only
staff_handed_back
staff_not_yours_to_hand_back nurse
staff_cannot_lead
staff_takeover_quiet minutes
staff_takeover_waiting minutes words
staff_takeover_shift_over
staff_call_back_new by
staff_call_back_unanswered minutes
staff_rota_gaps gaps
staff_shift_taken nurse other rota when
rota_first
rota_second
rota_charge
staff_call_back_unsolved hours
staff_takeover_unanswered nurse minutes words
staff_takeover_went_up nurse
staff_takeover_ended_idle
staff_takeover_ended_waiting
staff_takeover_lost
relayed_edited name text
relayed_without_words name
nurse_corrected text
"""


def _parse(lines: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in lines.splitlines():
        if line and not line.startswith("#"):
            key, *blanks = line.split()
            found[key] = frozenset(blanks)
    return found


# Key -> blanks it may carry.
PHRASE_KEYS: Final = _parse(_KEYS)
