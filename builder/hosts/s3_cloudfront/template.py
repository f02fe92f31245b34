"""The CloudFormation template: all that CloudFront and S3 must be told, in one file."""

from collections.abc import Mapping
from typing import Any

from builder import urls
from builder.hosts import rules


def template(prefix: str, code: str) -> Mapping[str, Any]:
    """Give the template: bucket, function, headers, distribution. The domain is the operator's affair."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A static package directory: a bucket, and CloudFront before it.",
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
            "Access": _access(),
            "Readers": _readers(),
            "Function": _function(code),
            "Caching": _caching(),
            "ApiHeaders": _headers("api", rules.API_HEADERS),
            "PageHeaders": _headers("pages", rules.PAGE_HEADERS),
            "Distribution": {"Type": "AWS::CloudFront::Distribution", "Properties": _distribution(prefix)},
        },
        "Outputs": {
            "BucketName": {"Value": {"Ref": "Bucket"}},
            "DistributionId": {"Value": {"Ref": "Distribution"}},
            "Address": {"Value": {"Fn::Sub": "https://${Distribution.DomainName}"}},
        },
    }


def _name(what: str) -> Mapping[str, str]:
    return {"Fn::Sub": "${AWS::StackName}-" + what}


def _access() -> Mapping[str, Any]:
    config = {
        "Name": _name("access"),
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    return {"Type": "AWS::CloudFront::OriginAccessControl", "Properties": {"OriginAccessControlConfig": config}}


def _readers() -> Mapping[str, Any]:
    """Let CloudFront read, and list: without that, S3 says 403 of what is not there."""
    source = {"Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"}
    bucket = {"Fn::GetAtt": ["Bucket", "Arn"]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [bucket, {"Fn::Sub": "${Bucket.Arn}/*"}],
        "Condition": {"StringEquals": {"AWS:SourceArn": source}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    properties = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": properties}


def _function(code: str) -> Mapping[str, Any]:
    config = {"Comment": "Routes and queries into keys", "Runtime": "cloudfront-js-2.0"}
    properties = {"Name": _name("routes"), "AutoPublish": True, "FunctionCode": code, "FunctionConfig": config}
    return {"Type": "AWS::CloudFront::Function", "Properties": properties}


def _caching() -> Mapping[str, Any]:
    """Cache by path alone: the function has put into it what matters of the query."""
    nothing = {"CookieBehavior": "none"}, {"HeaderBehavior": "none"}, {"QueryStringBehavior": "none"}
    parameters = {
        "CookiesConfig": nothing[0],
        "HeadersConfig": nothing[1],
        "QueryStringsConfig": nothing[2],
        "EnableAcceptEncodingBrotli": True,
        "EnableAcceptEncodingGzip": True,
    }
    config = {"Name": _name("paths"), "MinTTL": 0, "DefaultTTL": 300, "MaxTTL": 86400}
    properties = {"CachePolicyConfig": config | {"ParametersInCacheKeyAndForwardedToOrigin": parameters}}
    return {"Type": "AWS::CloudFront::CachePolicy", "Properties": properties}


def _headers(what: str, headers: Mapping[str, str]) -> Mapping[str, Any]:
    """Give a policy for headers. `Allow` is the function's to send; CORS and nosniff have places of their own."""
    security: dict[str, Any] = {"ContentTypeOptions": {"Override": True}}
    if "Referrer-Policy" in headers:
        security["ReferrerPolicy"] = {"Override": True, "ReferrerPolicy": headers["Referrer-Policy"]}
    cached = {"Header": "Cache-Control", "Value": headers["Cache-Control"], "Override": True}
    config: dict[str, Any] = {
        "Name": _name(what),
        "SecurityHeadersConfig": security,
        "CustomHeadersConfig": {"Items": [cached]},
    }
    if "Access-Control-Allow-Origin" in headers:
        opened = {"Header": "Access-Control-Allow-Origin", "Value": "*", "Override": True}
        config["CustomHeadersConfig"]["Items"].append(opened)
    return {"Type": "AWS::CloudFront::ResponseHeadersPolicy", "Properties": {"ResponseHeadersPolicyConfig": config}}


def _behaviour(headers: str) -> dict[str, Any]:
    """Give how a part of the site is answered. Every method comes to the function, which refuses most of them."""
    event = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Function", "FunctionARN"]}}
    return {
        "TargetOriginId": "site",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        "Compress": True,
        "CachePolicyId": {"Ref": "Caching"},
        "ResponseHeadersPolicyId": {"Ref": headers},
        "FunctionAssociations": [event],
    }


def _distribution(prefix: str) -> Mapping[str, Any]:
    origin = {
        "Id": "site",
        "DomainName": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]},
        "OriginAccessControlId": {"Ref": "Access"},
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    missing = {"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": urls.NOT_FOUND, "ErrorCachingMinTTL": 60}
    config = {
        "Enabled": True,
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "Origins": [origin],
        "DefaultCacheBehavior": _behaviour("PageHeaders"),
        "CacheBehaviors": [{"PathPattern": f"{prefix}/api/*", **_behaviour("ApiHeaders")}],
        "CustomErrorResponses": [missing],
    }
    return {"DistributionConfig": config}
