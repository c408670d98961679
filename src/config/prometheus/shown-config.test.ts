import { expect, it } from 'vitest';
import { shownConfig } from './shown-config.ts';

it('shows a configuration without any of its secrets', () => {
  const text = `
scrape_configs:
  - job_name: a
    basic_auth: { username: u, password: hidden1, password_file: /p }
    tls_config: { key: hidden2, key_file: /k }
    oauth2: { client_id: me, client_secret: hidden3, token_url: "http://x/t" }
    proxy_url: http://u:hidden4@proxy:1
    proxy_connect_header: { X: [hidden5] }
    http_headers: { X-Key: { secrets: [hidden6], values: [plain] } }
    consul_sd_configs: [{ server: c, token: hidden7 }]
  - job_name: b
    authorization: { credentials: hidden8 }
remote_write:
  - url: http://r/
    headers: { X-Api: hidden9 }
    bearer_token: hidden10
`;
  const shown = shownConfig(text);
  expect(shown).not.toContain('hidden');
  for (const kept of [
    'password_file: /p',
    'key_file: /k',
    'client_id: me',
    'http://x/t',
    'plain',
    'job_name: a',
    'username: u',
  ])
    expect(shown).toContain(kept);
});
