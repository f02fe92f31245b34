"""A model of CloudFront before S3: it does what the template that a build writes tells it, by CloudFront's rules.

The function runs in Node, in a context that holds nothing but the language; the objects lie in moto's S3.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from typing import Any, Self
from urllib.parse import unquote

import boto3
from botocore.exceptions import ClientError
from loopback import Answer, Request
from moto import mock_aws
from static_hosts import compressed, revalidated

from builder.hosts import CONFIGURATION
from builder.hosts.s3_cloudfront import FUNCTION, TEMPLATE, TYPES
from builder.write.place import MARKER

BUCKET = "packages"

RUNTIME = """
const vm = require('vm');
const code = require('fs').readFileSync(process.argv[1], 'utf8');
const context = vm.createContext(Object.create(null), {codeGeneration: {strings: false, wasm: false}});
vm.runInContext(code, context);
require('readline').createInterface({input: process.stdin}).on('line', (line) => {
    context.event = line;
    console.log(vm.runInContext('JSON.stringify(handler(JSON.parse(event)))', context));
});
"""


class Function:
    """The function, running; asked one event at a time."""

    def __init__(self, file: Path) -> None:
        command = ["node", "-e", RUNTIME, str(file)]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        self._lock = Lock()

    def __call__(self, request: Request) -> dict[str, Any]:
        """Give the request that the function passes on, or the response that it makes itself."""
        event = {"version": "1.0", "context": {"eventType": "viewer-request"}, "request": seen(request)}
        with self._lock:
            assert self._node.stdin
            assert self._node.stdout
            self._node.stdin.write(json.dumps(event) + "\n")
            self._node.stdin.flush()
            made: dict[str, Any] = json.loads(self._node.stdout.readline())
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.close()
        self._node.wait(20)
        self._node.stdout.close()


def seen(request: Request) -> dict[str, Any]:
    """Give a request as a function sees it: nothing decoded, a key that came twice with all of its values."""
    query: dict[str, Any] = {}
    for pair in filter(None, request.query.split("&")):
        key, _, value = pair.partition("=")
        if key in query:
            query[key].setdefault("multiValue", [{"value": query[key]["value"]}]).append({"value": value})
        else:
            query[key] = {"value": value}
    headers = {name: {"value": value} for name, value in request.headers.items()}
    return {"method": request.method, "uri": request.path, "querystring": query, "headers": headers, "cookies": {}}


class CloudFront:
    """The distribution of a template, whose bucket holds a site."""

    def __init__(self, site: Path, function: Function) -> None:
        resources = json.loads((site / TEMPLATE).read_bytes())["Resources"]
        self.config = resources["Distribution"]["Properties"]["DistributionConfig"]
        self.policies = {name: resource.get("Properties", {}) for name, resource in resources.items()}
        self.function = function
        self.site = site
        self.s3 = client()
        self.s3.create_bucket(Bucket=BUCKET)
        self.upload()

    def upload(self) -> None:
        """Put the files into the bucket, but for those that CloudFront does not serve, each with its media type."""
        types = json.loads((self.site / TYPES).read_bytes())
        for file in self.site.rglob("*"):
            key = file.relative_to(self.site).as_posix()
            if file.is_file() and key != MARKER and not key.startswith(CONFIGURATION):
                named = types["by_name"].get(file.name, types["others"])
                media_type = types["by_ending"].get(file.suffix, named)
                self.s3.put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes(), ContentType=media_type)

    def __call__(self, request: Request) -> Answer:
        behaviour = self.behaviour(request.path)
        if request.method not in behaviour["AllowedMethods"]:
            return Answer(403, {"Content-Type": "text/html"}, b"<H1>403 ERROR</H1>")
        made = self.function(request)
        if "statusCode" in made:
            headers = {name: told["value"] for name, told in made["headers"].items()}
            return Answer(made["statusCode"], headers, made.get("body", {}).get("data", "").encode())
        answer = self.stored(made["uri"])
        for name, value in self.headers(behaviour):
            answer = answer.having(**{name: value})
        answer = revalidated(answer, request)
        return compressed(answer, request) if behaviour["Compress"] else answer

    def behaviour(self, path: str) -> dict[str, Any]:
        default: dict[str, Any] = self.config["DefaultCacheBehavior"]
        return next((one for one in self.config["CacheBehaviors"] if fnmatchcase(path, one["PathPattern"])), default)

    def headers(self, behaviour: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        policy = self.policies[behaviour["ResponseHeadersPolicyId"]["Ref"]]["ResponseHeadersPolicyConfig"]
        for item in policy["CustomHeadersConfig"]["Items"]:
            yield item["Header"], item["Value"]
        if "ContentTypeOptions" in policy["SecurityHeadersConfig"]:
            yield "X-Content-Type-Options", "nosniff"

    def stored(self, uri: str) -> Answer:
        """Give an object, or the page that stands for what is not there."""
        if found := self.object(unquote(uri)[1:]):
            return Answer(200, *found)
        [missing] = self.config["CustomErrorResponses"]
        page = self.object(missing["ResponsePagePath"][1:])
        assert page
        return Answer(missing["ResponseCode"], *page)

    def object(self, key: str) -> tuple[Mapping[str, str], bytes] | None:
        try:
            found = self.s3.get_object(Bucket=BUCKET, Key=key)
        except ClientError as error:
            # 404 is what boto makes of a key that the model of S3 cannot read, such as one with a zero byte.
            assert error.response["Error"]["Code"] in {"NoSuchKey", "404"}  # noqa: PT017 - a function of the model
            return None
        return {"Content-Type": found["ContentType"]}, found["Body"].read()


def client() -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    return boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106 - a model's


@contextmanager
def running(site: Path) -> Iterator[CloudFront]:
    """Give the model over a built site."""
    with mock_aws(), Function(site / FUNCTION) as function:
        yield CloudFront(site, function)
