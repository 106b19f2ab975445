"""403, 404 and 500 in the look of the studio. They need no database, so that they also work when it is away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from creative.web.words import Word


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, _("这一镜不在片子里"), _("页面不存在，或者不属于你的工作室。请检查链接。"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, _("这一步要换个人来"), _("你的角色不能做这件事，什么都没有改动。请联系工作室的所有者。"))


def refused(request: HttpRequest, status: int, advice: str) -> HttpResponse:
    """For a refusal that has no better place on a page."""
    return _page(request, status, _("这一步没有做成"), advice)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, _("这张表过期了"), _("请回到上一页刷新后再提交一次，什么都没有改动。"))


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, _("机器卡住了"), _("这是我们的问题，已记录下来。请过一会儿再试；点数不会因此扣掉。"))


def _page(request: HttpRequest, code: int, title: Word, advice: Word) -> HttpResponse:
    context = {"code": code, "title": title, "advice": advice}
    return render(request, "creative/errors/page.html", context, status=code)
