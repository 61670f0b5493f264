"""The last word on errors of the API: what the framework answers by itself becomes a problem document too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from soho.problems.documents import for_status

GetResponse = Callable[[HttpRequest], HttpResponse]


def api_problems(get_response: GetResponse) -> GetResponse:
    """Turns the API's bare 405 into a problem document that keeps its `Allow`."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        problem = for_status(405, f"This address does not take {request.method}.")
        problem["Allow"] = response.get("Allow", "")
        return problem

    return answer
