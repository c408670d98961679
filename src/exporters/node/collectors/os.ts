import { gauge } from '../build-family.ts';
import { type CreateCollector, NoDataError } from '../collector.ts';
import { fieldsOf, readTextIfAny } from '../host-files.ts';

const labels = [
  ...['build_id', 'id', 'id_like', 'image_id', 'image_version', 'name', 'pretty_name', 'variant'],
  ...['variant_id', 'version', 'version_codename', 'version_id'],
];

/** Source: https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export const os: CreateCollector = () => ({
  name: 'os',
  collect({ roots }) {
    const root = roots.rootfs === '/' ? '' : roots.rootfs;
    const text = readTextIfAny(`${root}/etc/os-release`) ?? readTextIfAny(`${root}/usr/lib/os-release`);
    if (text === undefined) throw new NoDataError('there is no os-release');
    const fields = fieldsOf(text, '=');
    const field = (label: string): string => unquoted(fields.get(label.toUpperCase()) ?? '');
    const info = gauge(
      'node_os_info',
      `A metric with a constant '1' value labeled by ${labels.join(', ')}.`,
    ).add(1, Object.fromEntries(labels.map((label) => [label, field(label)])));
    const version = gauge('node_os_version', 'Metric containing the major.minor part of the OS version.');
    const number = Number(/^\d+\.?\d*/.exec(field('version_id'))?.[0] ?? 0);
    if (number > 0) version.add(number, { id: field('id'), id_like: field('id_like'), name: field('name') });
    const end = gauge(
      'node_os_support_end_timestamp_seconds',
      'Metric containing the end-of-life date timestamp of the OS.',
    );
    const endMs = Date.parse(`${field('support_end')}T00:00:00Z`);
    if (!Number.isNaN(endMs)) end.add(endMs / 1000);
    return [info, version, end];
  },
});

/** A value as a shell reads it. */
function unquoted(text: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  if (quote === undefined || inner === undefined) return text;
  return quote === '"' ? inner.replace(/\\([$"\\`])/g, '$1') : inner;
}
