"""JupyterLab's configuration in this course: in force through ``python course.py lab``, and nowhere else."""

from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

c = get_config()  # noqa: F821 (Jupyter defines it)


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Sends each message to the page at once.

    By default TCP holds small packets back until the last one is acknowledged, and a control that is dragged
    shows 20 pictures a second rather than 55.
    """

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class LastingPictures(AsyncLargeFileManager):
    """Opens a notebook whose kernel is gone with the pictures of its explorers, where else an error would stand."""

    async def get(self, path, *arguments, **options):
        from nnlearn import reopened

        model = await super().get(path, *arguments, **options)
        if model["type"] == "notebook" and model["content"]:
            reopened.opened(model["content"], path, self.running())
        return model

    def running(self):
        """The numbers of the kernels' processes."""
        kernels = self.parent.kernel_manager
        return {kernels.get_kernel(each).provisioner.pid for each in kernels.list_kernel_ids()}


c.ServerApp.contents_manager_class = LastingPictures
c.ServerApp.kernel_websocket_connection_class = PromptConnection
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_root = True  # in a container the only user is often root

# Nothing is fetched from outside: no news, no look for updates, no catalogue of extensions.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LanguageServerManager.autodetect = False  # nor are npm and node started to look for language servers
c.LabApp.app_settings_dir = str(Path(__file__).parent)  # overrides.json

# nbgrader, where a teacher has installed it, leaves the learner's menus alone (see labconfig too).
c.ServerApp.jpserver_extensions = {
    f"nbgrader.server_extensions.{name}": False
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
}
