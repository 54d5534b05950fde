import { type Command, Option } from 'commander';
import { z } from 'zod';
import { type CampaignSpec, campaignSpec, specFields } from '../core/spec.ts';

/** The schema under defaults and optionality. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return bare(schema.unwrap() as z.ZodType);
  return schema;
}

function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The text after a flag as the field's type; what does not fit is left for the specification to refuse by name. */
function fieldValue(field: keyof CampaignSpec, text: string): unknown {
  const schema = bare(campaignSpec.shape[field]);
  if (schema instanceof z.ZodArray) return text.split(',');
  if (schema instanceof z.ZodNumber && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return text;
}

/** One flag a field of the specification, so that there is no second list of them. */
export function addSpecOptions(command: Command): Command {
  for (const field of specFields) {
    const schema: z.ZodType = campaignSpec.shape[field];
    const option = new Option(`${flagOf(field)} <value>`, schema.description ?? '').argParser((text) =>
      fieldValue(field, text),
    );
    const standard = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
    // Shown only: defaults are the specification's to give, so that a file's fields are not overridden by them.
    if (standard !== undefined) option.description += ` (default: ${String(standard)})`;
    command.addOption(option);
  }
  return command;
}

/** The flags that were given, as fields of a specification. */
export function specFlags(options: Record<string, unknown>): Partial<CampaignSpec> {
  return Object.fromEntries(
    specFields.filter((field) => options[field] !== undefined).map((field) => [field, options[field]]),
  );
}
