import type { OpenApiDocument } from "./open-api.ts";
import type { JsonObject } from "./open-api-info.ts";

const METHODS = ["get", "post", "patch", "put", "delete"];
const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}" +
  "code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{background:#8881;padding:1rem;overflow:auto}" +
  "table{border-collapse:collapse;width:100%}td{border-top:1px solid #8884;padding:.25rem .5rem;vertical-align:top}" +
  "summary{cursor:pointer;padding:.25rem 0}:root{color-scheme:light dark}";

/** A reference of the document as one HTML page that needs no scripts, no other files and no other host. */
export function referencePage({ info, paths, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap(method => {
      const operation = item[method] as JsonObject | undefined;
      return operation === undefined ? [] : [operationHtml(method, path, operation)];
    }),
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    detailsHtml(`<code>${escapeHtml(name)}</code>`, jsonHtml(schema)),
  );
  const title = `${escapeHtml(info.title)} ${escapeHtml(info.version)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>${info.description === undefined ? "" : `<p>${escapeHtml(info.description)}</p>`}
<h2>Operations</h2>
${operations.join("\n")}
<h2>Schemas</h2>
${schemas.join("\n")}
</body></html>
`;
}

function operationHtml(method: string, path: string, operation: JsonObject): string {
  const { summary, parameters, requestBody, responses } = operation;
  const rows = ((parameters ?? []) as readonly JsonObject[]).map(
    ({ name, description, schema }) =>
      `<tr><td><code>${escapeHtml(String(name))}</code></td><td>${escapeHtml(String(description ?? ""))}</td>` +
      `<td><code>${escapeHtml(JSON.stringify(schema))}</code></td></tr>`,
  );
  const parts = [
    rows.length === 0 ? "" : `<table>${rows.join("")}</table>`,
    requestBody === undefined ? "" : `<h4>Body</h4>${jsonHtml(requestBody)}`,
    `<h4>Responses</h4>${jsonHtml(responses)}`,
  ];
  const label = `<b>${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(String(summary))}`;
  return detailsHtml(label, parts.join(""));
}

function detailsHtml(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>${body}</details>`;
}

function jsonHtml(value: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, one => ENTITIES[one]!);
}
