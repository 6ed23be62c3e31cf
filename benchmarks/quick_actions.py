"""Quick actions: an action server that answers at once, so that only the engine is measured.

Run: python -m benchmarks.quick_actions PORT
"""

from __future__ import annotations

import asyncio
import json
import sys

SLOT = {"event": "slot", "name": "answer", "value": None, "timestamp": None}
REPLY = {"events": [], "responses": [{"text": "ok"}]}
ANSWERS = {
    "validate_check_in_form": {"events": [SLOT], "responses": [{"text": "ok"}]},
    "action_ask_answer": {"events": [], "responses": []},
}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request on one connection."""
    while head := await reader.readuntil(b"\r\n\r\n"):
        lines = head.lower().split(b"\r\n")
        sizes = [line.partition(b":")[2] for line in lines if line.startswith(b"content-length:")]
        body = await reader.readexactly(int(sizes[0])) if sizes else b"{}"
        answer = json.dumps(ANSWERS.get(json.loads(body).get("next_action"), REPLY)).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n" % len(answer) + answer)
        await writer.drain()


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await serve(reader, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(_one, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
