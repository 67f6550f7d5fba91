"""A server extension of the tests: writes down whether each kernel's websocket sends at once."""

import os
import socket
from pathlib import Path


def _load_jupyter_server_extension(app):
    settings = app.web_app.settings

    class Probed(settings["kernel_websocket_connection_class"]):
        def connect(self):
            answer = super().connect()
            wire = self.websocket_handler.ws_connection.stream.socket
            with Path(os.environ["NODELAY_PROBE"]).open("a", encoding="utf-8") as file:
                print(wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), file=file)
            return answer

    settings["kernel_websocket_connection_class"] = Probed
