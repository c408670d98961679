import { z } from 'zod';
import { durationMs, list, or, text } from '../../kit/yaml-fields.ts';

/**
 * `file_sd_configs`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
 */
export const fileSdSchema = z
  .strictObject({ files: list(text), refresh_interval: or(durationMs, 5 * 60_000) })
  .superRefine(({ files }, context) => {
    if (files.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['files'],
        message: 'file service discovery must contain at least one path name',
      });
    }
    for (const [index, file] of files.entries()) {
      if (/^[^*]*(?:\*[^/]*)?\.(?:json|yml|yaml|JSON|YML|YAML)$/.test(file)) continue;
      context.addIssue({
        code: 'custom',
        path: ['files', index],
        message: `path name "${file}" is not valid for file discovery: it must end in .json, .yml or .yaml, and a star may stand in its last part only`,
      });
    }
  });

export type FileSdConfig = z.output<typeof fileSdSchema>;
