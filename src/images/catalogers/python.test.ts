import { expect, it } from 'vitest';
import { catalogedBy } from '../../../test/support/cataloged.ts';
import { python } from './python.ts';

it('finds distributions by their metadata, in each form that installers leave', () => {
  const packages = catalogedBy(python, {
    '/usr/lib/python3/dist-packages/Flask_Login-0.6.dist-info/METADATA':
      'Metadata-Version: 2.1\nName: Flask.Login\nVersion: 0.6\nAuthor: Matthew Frazier\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\nClassifier: Topic :: X\n\nName: not this\n',
    '/usr/lib/python3/dist-packages/six.egg-info/PKG-INFO':
      'Name: six\r\nVersion: 1.16.0\r\nLicense: MIT\r\n\r\ntext',
    '/usr/lib/python3/dist-packages/wheel-0.38.4.egg-info':
      'Name: wheel\nVersion: 0.38.4\nLicense: Apache-2.0\n text of it\n',
    '/usr/lib/python3/dist-packages/none.dist-info/METADATA': 'Name: none\n',
  });
  expect(packages).toMatchObject([
    {
      name: 'flask-login',
      version: '0.6',
      purl: 'pkg:pypi/flask-login@0.6',
      licenses: ['MIT License'],
      details: { vendor: 'Matthew Frazier' },
    },
    { name: 'six', version: '1.16.0', licenses: ['MIT'] },
    { name: 'wheel', version: '0.38.4', licenses: [] },
  ]);
});

it('tells the repository of what was installed from one, without its password', () => {
  const folder = '/venv/lib/python3.11/site-packages/tool-1.0.dist-info';
  const packages = catalogedBy(python, {
    [`${folder}/METADATA`]: 'Name: tool\nVersion: 1.0\n',
    [`${folder}/direct_url.json`]:
      '{"url": "https://me:secret@example.org/tool.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
  });
  expect(packages[0]?.purl).toBe(
    'pkg:pypi/tool@1.0?vcs_url=git%2Bhttps%3A%2F%2Fexample.org%2Ftool.git%40abc',
  );
});
