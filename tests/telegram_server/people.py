"""People: somebody with a phone, who writes to the bot and reads what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.telegram_server.transcript import Message

if TYPE_CHECKING:
    from tests.telegram_server.server import TelegramServer

WAIT_SECONDS = 10.0
PICTURE = b"\xff\xd8\xff\xe0 a picture for tests \xff\xd9"


class Person:
    """One person in a private chat with the bot. Made by `server.person(...)`.

    What is sent returns the id of the message, or of the update where there is
    no message. `wait_for` goes forward: it finds what came after the last find.
    """

    def __init__(self, server: TelegramServer, *, name: str, user_id: int, language: str) -> None:
        self._server = server
        self.has_blocked = False
        self.address = str(user_id)
        self.user = {
            "id": user_id,
            "is_bot": False,
            "first_name": name,
            "language_code": language,
        }
        self.chat = {"id": user_id, "type": "private", "first_name": name}
        self._found = 0

    # What the person does

    def say(self, text: str) -> int:
        """Write a message."""
        return self._send(text, text=text)

    def start(self, code: str = "") -> int:
        """Open the bot, by a link with `code` or without."""
        return self.say(f"/start {code}".strip())

    def send_photo(self, caption: str = "", *, album: str = "", photo: bytes = PICTURE) -> int:
        """Send a photo; photos with the same `album` belong together."""
        small, large = self._server.keep_file(photo), self._server.keep_file(photo)
        sizes = [
            {"file_id": one, "file_unique_id": one, "width": width, "height": width}
            for one, width in ((small, 90), (large, 1280))
        ]
        group = {"media_group_id": album} if album else {}
        return self._send(caption, photo=sizes, **_caption(caption), **group)

    def send_voice(self, caption: str = "") -> int:
        """Send a voice message."""
        return self._send(caption, voice={**self._file(), "duration": 3}, **_caption(caption))

    def send_video(self, caption: str = "") -> int:
        """Send a video."""
        size = {"duration": 3, "width": 320, "height": 240}
        return self._send(caption, video={**self._file(), **size}, **_caption(caption))

    def send_sticker(self, emoji: str = "👍") -> int:
        """Send a sticker."""
        about = {"emoji": emoji, "type": "regular", "width": 512, "height": 512}
        flags = {"is_animated": False, "is_video": False}
        return self._send("", sticker={**self._file(), **about, **flags})

    def send_file(self, name: str, *, mime_type: str, caption: str = "") -> int:
        """Send a document."""
        document = {**self._file(), "file_name": name, "mime_type": mime_type}
        return self._send(caption, document=document, **_caption(caption))

    def send_location(self, latitude: float, longitude: float) -> int:
        """Send where they are."""
        return self._send("", location={"latitude": latitude, "longitude": longitude})

    def send_contact(self, name: str, phone: str) -> int:
        """Share somebody's number."""
        return self._send("", contact={"first_name": name, "phone_number": phone})

    def forward(self, text: str) -> int:
        """Forward what somebody else wrote."""
        origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1_700_000_000}
        return self._send(text, text=text, forward_origin=origin)

    def say_in_group(self, text: str, *, group_id: int = -1001) -> int:
        """Write in a group where the bot is."""
        group = {"id": group_id, "type": "group", "title": "The family"}
        return self._send(text, text=text, chat=group)

    def edit(self, text: str, *, message_id: int | None = None) -> int:
        """Change an own message; the last one unless told."""
        mine = [one for one in self.messages() if not one.from_bot]
        wanted = message_id or mine[-1].id
        self._server.transcript.change(self.address, wanted, text=text, edited=True)
        now = self._server.now()
        edited = {"message_id": wanted, "date": now, "edit_date": now, "text": text}
        edited.update({"from": self.user, "chat": self.chat})
        return self._server.put({"edited_message": edited})

    def press(self, title: str, *, message_gone: bool = False) -> int:
        """Tap the newest button whose title holds `title`.

        `message_gone`: as for an old message, of which Telegram no longer
        tells the bot anything.
        """
        for message in reversed(self.messages()):
            for shown, data in (one for row in message.buttons for one in row):
                if title in shown:
                    return self._server.tap(self, message, data, message_gone=message_gone)
        raise AssertionError(f"no button '{title}' in this chat:\n{self.transcript()}")

    def block_bot(self) -> int:
        """Block the bot: Telegram tells it, and takes no message for this chat any more."""
        self.has_blocked = True
        return self._member("member", "kicked")

    def unblock_bot(self) -> int:
        """Let the bot in again."""
        self.has_blocked = False
        return self._member("kicked", "member")

    # What the person sees

    def messages(self) -> list[Message]:
        """Everything in the chat, from both sides."""
        return self._server.transcript.of(self.address)

    def heard(self) -> list[str]:
        """The texts of the bot."""
        return [one.text for one in self.messages() if one.from_bot]

    def transcript(self) -> str:
        """The chat as one text, for a failing test's message."""
        who = {True: "BOT", False: "PERSON"}
        return "\n".join(
            f"{who[one.from_bot]}: {one.text} {one.titles()}" for one in self.messages()
        )

    def wait_for(
        self, fragment: str, timeout: float = WAIT_SECONDS, *, anywhere: bool = False
    ) -> Message:
        """Wait until the bot has said something with `fragment` in it.

        Looks at what came after the last find; `anywhere` looks at all of it.
        """
        start = 0 if anywhere else self._found
        found = self.wait_until(
            lambda: self._first_with(fragment, start), f"with '{fragment}'", timeout
        )
        self._found = max(self._found, self.messages().index(found) + 1)
        return found

    def wait_until(
        self, look: Callable[[], Message | None], what: str, timeout: float = WAIT_SECONDS
    ) -> Message:
        """Wait until `look` finds a message; fail with the whole chat otherwise."""
        self._server.transcript.wait(lambda: look() is not None, timeout)
        found = look()
        if found is None:
            raise AssertionError(f"no message {what} in {timeout:g} s:\n{self.transcript()}")
        return found

    def _first_with(self, fragment: str, start: int) -> Message | None:
        later = self.messages()[start:]
        return next((one for one in later if one.from_bot and fragment in one.text), None)

    def _send(self, shown: str, **content: Any) -> int:
        return self._server.take_message(self, shown, content)

    def _file(self) -> dict[str, str]:
        file_id = self._server.keep_file(PICTURE)
        return {"file_id": file_id, "file_unique_id": file_id}

    def _member(self, old: str, new: str) -> int:
        bot = self._server.bot_user
        change = {
            "chat": self.chat,
            "from": self.user,
            "date": self._server.now(),
            "old_chat_member": {"status": old, "user": bot, "until_date": 0},
            "new_chat_member": {"status": new, "user": bot, "until_date": 0},
        }
        return self._server.put({"my_chat_member": change})


def _caption(text: str) -> dict[str, str]:
    return {"caption": text} if text else {}
