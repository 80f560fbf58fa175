import { type Config, createConfig, lintFromString } from "@redocly/openapi-core";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenApiDocument } from "../../src/http/index.ts";

// The license is the decision of the API's author. A CHECK may repeat a limit of the type.
const NOT_CHECKED = { "info-license": "off", "no-mixed-number-range-constraints": "off" } as const;
let config: Promise<Config> | undefined;

/**
 * The problems that an independent linter reports for a document, with all its recommended rules; empty if the document
 * is valid.
 */
export async function lintErrors(document: OpenApiDocument): Promise<string> {
  config ??= createConfig({ extends: ["recommended"], rules: NOT_CHECKED });
  const found = await lintFromString({ source: JSON.stringify(document), config: await config });
  return found
    .map(({ ruleId, message, location: [place] }) => `${ruleId}: ${message} ${place?.pointer}`)
    .join("\n");
}

type Json = Readonly<Record<string, unknown>>;

/** An independent validator of a document's responses and schemas. */
export interface ResponseCheck {
  /** The problems of a response of a documented operation; empty if there are none. */
  readonly check: (method: string, path: string, response: Response) => Promise<string>;
  readonly validator: (pointer: string) => ValidateFunction;
}

export function responseCheck(document: OpenApiDocument): ResponseCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv as never);
  ajv.addSchema(document as never, "api");
  const known = new Map<string, ValidateFunction>();
  const validator = (pointer: string): ValidateFunction => {
    const found = known.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
    known.set(pointer, found);
    return found;
  };
  const check: ResponseCheck["check"] = async (method, path, response) => {
    const operation = document.paths[path]?.[method.toLowerCase()] as { responses: Json } | undefined;
    if (operation === undefined) return `${method} ${path} is not documented`;
    const { responses } = operation;
    const status = String(response.status) in responses ? String(response.status) : "default";
    const place = `/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}/responses/${status}`;
    const given = responses[status] as Json;
    const name = (given["$ref"] as string | undefined)?.split("/").at(-1);
    const pointer = name === undefined ? place : `/components/responses/${name}`;
    const { content = {} } = (name === undefined ? given : document.components.responses[name]) as {
      content?: Json;
    };
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    if (type === "")
      return Object.keys(content).length === 0 || response.body === null ? "" : "no media type";
    if (!(type in content)) return `${status} does not document ${type}`;
    if (!/[/+]json$/.test(type)) return "";
    const validate = validator(`${pointer}/content/${type.replaceAll("/", "~1")}/schema`);
    return validate(await response.json())
      ? ""
      : `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`;
  };
  return { check, validator };
}
