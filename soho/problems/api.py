"""An API whose errors are problem documents, in deed and in its OpenAPI document."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from soho.problems.documents import CONTENT_TYPE, install


class ProblemApi(NinjaAPI):
    """NinjaAPI with RFC 9457 problem documents for every error."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        install(self)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI document, with the right content type beside every error."""
        document = super().get_openapi_schema(**options)
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {CONTENT_TYPE: response["content"]["application/json"]}
        return document
