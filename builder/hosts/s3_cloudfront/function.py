"""The function that CloudFront runs for every request of a viewer: routes and queries into keys."""

import json
from typing import Final

from builder import urls
from builder.choices import Query, no_search
from builder.hosts import rules
from builder.urls import Urls

LARGEST: Final = 10 * 1024
"""Bytes that CloudFront takes of a function."""

# In the language of CloudFront's runtime 2.0: ECMAScript 5.1 and some of what came later; no classes, no modules.
_FUNCTION: Final = """\
const SITE = %(site)s;

function handler(event) {
    const request = event.request;
    if (request.uri === SITE.prefix) { return moved(SITE.prefix + '/', request.querystring, SITE.page); }
    if (SITE.prefix && request.uri.indexOf(SITE.prefix + '/') !== 0) { return answer(404, SITE.page, 'Not found.'); }
    const route = request.uri.slice(SITE.prefix.length);
    const isApi = route.indexOf('/api/') === 0;
    const method = request.method;
    const headers = isApi ? SITE.api : SITE.page;
    if (SITE.gone.test(route)) { return made(410, headers, SITE.told); }
    if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') {
        const isV3 = SITE.v3 && route.indexOf('/api/v3/') === 0;
        return answer(405, headers, 'Method "' + method + '" not allowed.', isV3);
    }
    if (method === 'OPTIONS') { return options(route, headers, isApi); }
    if (/^\\/api\\/v4\\/search(\\/|\\.json)$/.test(route)) { return answer(501, headers, SITE.search); }
    const list = listed(route, request.querystring);
    if (list === null) { return refused(route, headers); }
    if (list.slice(-1) === '/') {
        const isJson = isApi && list !== SITE.browse;
        request.uri = list + (isJson ? 'index.json' : SITE.xml.test(list) ? 'index.xml' : 'index.html');
        return request;
    }
    const isFile = list.lastIndexOf('.') > list.lastIndexOf('/') || list === SITE.catalog;
    if (!isFile && SITE.safe.test(list)) {
        return moved(SITE.prefix + route + '/', request.querystring, headers);
    }
    request.uri = list;
    return request;
}

// The route of the page that a query asks of a list; the route itself of all else; null where there is no such page.
function listed(route, query) {
    const v4 = SITE.v4.exec(route);
    const v3 = v4 ? null : SITE.v3 && SITE.v3.exec(route);
    const formats = v4 || SITE.readable.test(route) ? given(query, 'format') : [];
    if (formats.length > 1 || !SITE.format.test(formats[0] || '')) { return null; }
    if (!v4 && !v3) { return route; }
    if (Object.keys(query).some(function (key) { return /[%%+]/.test(key); })) { return null; }
    const limits = given(query, 'limit');
    const offsets = given(query, 'offset');
    const categories = v3 ? given(query, 'category') : [];
    if (limits.length > 1 || offsets.length > 1 || categories.length > 1) { return null; }
    const limit = limits.length ? limits[0] : '';
    const offset = offsets.length ? offsets[0] : '';
    const isPage = SITE.offset.test(offset);
    if (!(v4 ? SITE.limitV4 : SITE.limitV3).test(limit)) { return null; }
    if (!isPage && !(v4 ? SITE.firstV4 : SITE.firstV3).test(offset)) { return null; }
    if (v4) { return isPage ? v4[1] + '/offset/' + offset + v4[2] : route; }
    let list = v3[1];
    if (categories.length && categories[0] && list === '/api/v3/packages') {
        if (!SITE.slug.test(categories[0])) { return null; }
        list = '/api/v3/categories/' + categories[0] + '/packages';
    }
    if (SITE.count.test(limit)) { return list + '/limit/0/'; }
    return list + (isPage ? '/offset/' + offset + '/' : '/');
}

function given(query, key) {
    const found = query[key];
    if (!found) { return []; }
    return found.multiValue ? found.multiValue.map(function (one) { return one.value; }) : [found.value];
}

function refused(route, headers) {
    return answer(501, headers, SITE.paged, route.indexOf('/api/v3/') === 0);
}

function options(route, headers, isApi) {
    if (!isApi) { return made(204, headers, ''); }
    const all = Object.assign({}, headers, SITE.preflight);
    const view = SITE.views.find(function (one) { return one[0].test(route); });
    return view ? made(200, all, view[1]) : made(204, all, '');
}

function moved(path, query, headers) {
    const pairs = [];
    Object.keys(query).forEach(function (key) {
        given(query, key).forEach(function (value) { pairs.push(value === '' ? key : key + '=' + value); });
    });
    const place = {location: path + (pairs.length ? '?' + pairs.join('&') : '')};
    return made(301, Object.assign({}, headers, place), '');
}

function answer(status, headers, words, isV3) {
    const text = JSON.stringify(words);
    const body = isV3 ? '{"error": ' + status + ', "message": ' + text + '}' : '{"detail":' + text + '}';
    return made(status, headers, body);
}

function made(status, headers, body) {
    const told = {};
    Object.keys(headers).forEach(function (name) { told[name.toLowerCase()] = {value: headers[name]}; });
    const response = {statusCode: status, headers: told};
    if (body) {
        told['content-type'] = {value: 'application/json'};
        response.body = {encoding: 'text', data: body};
    }
    return response;
}
"""


def _words(text: str) -> str:
    """Give a text as JavaScript has it."""
    return json.dumps(text)


def _pattern(text: str) -> str:
    """Give a pattern that a whole text must fit, as JavaScript has it."""
    return f"/^(?:{_slashed(text)})$/"


def _slashed(text: str) -> str:
    return text.replace("/", r"\/")


def function(prefix: str, site: Urls, *, v3: bool) -> str:
    """Give the function for viewers' requests, for a site under a path or none."""
    lists = f"(/api/v3/(?:{rules.COLLECTIONS}|(?:grids|categories)/{rules.SLUG}/packages))/"
    views = ", ".join(f"[{_pattern(view.pattern)}, {_words(view.options)}]" for view in rules.views())
    told = {
        "prefix": _words(prefix),
        "browse": _words(rules.BROWSE),
        "catalog": _words(urls.API_CATALOG),
        "api": json.dumps(dict(rules.API_HEADERS)),
        "page": json.dumps(dict(rules.PAGE_HEADERS)),
        "preflight": json.dumps(dict(rules.PREFLIGHT_HEADERS)),
        "gone": f"/^{_slashed(rules.GONE)}/",
        "told": _words(rules.gone()),
        "search": _words(no_search(Query.MAPPED, site.absolute(urls.search_index()))),
        "paged": _words(rules.PAGED),
        "xml": _pattern(f"(?:{'|'.join(urls.XML_FOLDERS)}).*"),
        "safe": _pattern(rules.SAFE_PATH),
        "slug": _pattern(rules.SLUG),
        "v4": _pattern(f"(/api/v4/(?:{rules.COLLECTIONS}))(/|[.]json)"),
        "v3": _pattern(lists) if v3 else "null",
        "readable": _pattern(f"/api/v4/(?:(?:{rules.COLLECTIONS})/(?:[^/]+/)?)?"),
        "format": _pattern(rules.FORMAT),
        "offset": _pattern(rules.PAGE),
        "limitV4": _pattern(rules.LIMIT_V4),
        "limitV3": _pattern(rules.LIMIT_V3),
        "firstV4": _pattern(rules.FIRST_V4),
        "firstV3": _pattern(rules.FIRST_V3),
        "count": _pattern(rules.COUNT),
        "views": f"[{views}]",
    }
    return _FUNCTION % {"site": "{\n" + "".join(f"    {key}: {text},\n" for key, text in told.items()) + "}"}
