"""The told stories on a page: each step is somebody's, and one press makes the reader them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from naru.demo import players
from naru.demo.stories.scene import Step, Story
from naru.demo.stories.told import STORIES
from naru.ui.names import role_name


@require_safe
def stories(request: HttpRequest) -> HttpResponse:
    """All of them; nothing of anybody's record stands here."""
    if not settings.NARU.demo:
        raise Http404
    told = [_told(one) for one in STORIES]
    return render(request, "demo/stories.html", {"stories": told})


def _told(story: Story) -> dict[str, object]:
    return {
        "key": story.key,
        "title": _(story.title),
        "lead": _(story.lead),
        "within": story.within,
        "command": f"naru demo --exit --story {story.key}",
        "steps": [_step(one) for one in story.steps],
    }


def _step(step: Step) -> dict[str, object]:
    player = players.player(step.who)
    assert player is not None, f"nobody of the demo is {step.who}"
    return {
        "who": step.who,
        "name": player.name,
        "role": role_name(player.role),
        "path": step.path,
        "sentence": _(step.sentence),
    }
