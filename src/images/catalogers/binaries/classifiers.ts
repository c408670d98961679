import type { Classifier } from './classifier.ts';

const release = '\\d+\\.\\d+\\.\\d+';
const mysqlFolder = new RegExp(`^/mysql-(${release}(?:-?(?:rc|dmr)\\d*)?)/`);

/** Programs that are often put into images by themselves, each with the texts that it holds. */
export const classifiers: readonly Classifier[] = [
  {
    file: /^python\d+\.\d+$|^libpython\d+\.\d+[a-z]?\.so/,
    name: 'python',
    cpes: [
      ['python_software_foundation', 'python'],
      ['python', 'python'],
    ],
    isNamedByVersion: true,
    // It stands by itself among the constants, or, where the linker merged them, at the end of a path.
    evidence: ['3.', '2.7.'].map((near) => ({
      near,
      before: 1,
      after: 24,
      pattern: /^[\0/]((?:3\.\d{1,2}|2\.7)\.\d{1,2}(?:(?:a|b|rc)\d+)?\+?)\0/,
    })),
  },
  {
    file: /^libpypy.*\.so/,
    name: 'pypy',
    cpes: [['pypy', 'pypy']],
    evidence: [{ near: '[PyPy ', pattern: new RegExp(`^\\[PyPy (${release})`) }],
  },
  {
    file: /^node$/,
    name: 'node',
    cpes: [['nodejs', 'node.js']],
    evidence: [
      { near: 'node.js/v', pattern: new RegExp(`^node\\.js/v(${release})`) },
      { near: '\0node v', pattern: new RegExp(`^\\0node v(${release})\\0`) },
    ],
  },
  {
    file: /^busybox$/,
    name: 'busybox',
    cpes: [['busybox', 'busybox']],
    evidence: [{ near: 'BusyBox v', pattern: /^BusyBox v(\d+\.\d+(?:\.\d+)?)/ }],
  },
  {
    file: /^openssl$|^libcrypto\.so/,
    name: 'openssl',
    cpes: [['openssl', 'openssl']],
    evidence: [
      {
        near: 'OpenSSL ',
        pattern: /^OpenSSL (\d+\.\d+\.\d+[a-z]{0,2}(?:-(?:alpha|beta|pre)\d*)?) +\d{1,2} [A-Z][a-z]{2} \d{4}/,
      },
    ],
  },
  {
    file: /^redis-server$/,
    name: 'redis',
    cpes: [
      ['redislabs', 'redis'],
      ['redis', 'redis'],
    ],
    evidence: [
      // The build's id: version, host and time without anything between the first two.
      {
        near: '-1',
        before: 100,
        after: 24,
        pattern: new RegExp(`[^\\d.](${release})(?:[a-z][\\w.-]{2,60}|[0-9a-f]{12})-1\\d{9,18}`),
      },
      { near: 'Redis version ', pattern: new RegExp(`Redis version (${release})`) },
    ],
  },
  {
    file: /^valkey-server$/,
    name: 'valkey',
    cpes: [
      ['lfprojects', 'valkey'],
      ['linuxfoundation', 'valkey'],
      ['valkey-io', 'valkey'],
    ],
    evidence: [
      {
        near: '-1',
        before: 100,
        after: 24,
        pattern: new RegExp(`[^\\d.](${release})[a-z][\\w.-]{2,60}-1\\d{9,18}`),
      },
    ],
  },
  {
    file: /^nginx$|^openresty$/,
    name: 'nginx',
    cpes: [
      ['f5', 'nginx'],
      ['nginx', 'nginx'],
    ],
    evidence: [{ near: 'nginx/', pattern: /^nginx\/(\d+\.\d+\.\d+)/ }],
  },
  {
    file: /^httpd$/,
    name: 'httpd',
    cpes: [['apache', 'http_server']],
    evidence: [{ near: 'Apache/', pattern: /^Apache\/(\d+\.\d+\.\d+)/ }],
  },
  {
    file: /^haproxy$/,
    name: 'haproxy',
    cpes: [['haproxy', 'haproxy']],
    evidence: [
      { near: 'version ', pattern: /^version (\d+\.\d+(?:\.|-dev|-rc)\d+)(?:-[0-9a-z]{7})?, released 20/ },
      { near: 'HA-Proxy version ', pattern: /^HA-Proxy version (\d+\.\d+(?:\.|-dev)\d+)/ },
      { near: 'HAProxy version', before: 120, pattern: /(\d+\.\d+(?:\.|-dev)\d+)-[0-9a-z]{7}\0/ },
    ],
  },
  {
    file: /^memcached$/,
    name: 'memcached',
    cpes: [['memcached', 'memcached']],
    evidence: [{ near: 'memcached ', pattern: new RegExp(`^memcached (${release})`) }],
  },
  {
    file: /^php\d*(?:\.\d+)?$|^php-(?:fpm|cgi)[\d.]*$|^libphp[\w.]*\.so/,
    name: 'php',
    cpes: [['php', 'php']],
    evidence: [{ near: 'X-Powered-By: PHP/', pattern: /PHP\/(\d+\.\d+\.\d+(?:(?:alpha|beta|RC)\d+)?)/ }],
  },
  {
    file: /^perl(?:5[\d.]*)?$/,
    name: 'perl',
    cpes: [['perl', 'perl']],
    evidence: [
      { near: '/lib/perl5/', pattern: new RegExp(`^/lib/perl5/(${release})`) },
      { near: '/share/perl/', pattern: new RegExp(`^/share/perl/(${release})`) },
    ],
  },
  {
    file: /^ruby$|^libruby[\w.-]*\.so/,
    name: 'ruby',
    cpes: [['ruby-lang', 'ruby']],
    evidence: [{ near: 'ruby ', pattern: /^ruby (\d+\.\d+\.\d+(?:(?:p|preview|rc|dev)\d*)?) \(20/ }],
  },
  {
    file: /^postgres$/,
    name: 'postgresql',
    cpes: [['postgresql', 'postgresql']],
    evidence: [
      { near: 'PostgreSQL ', pattern: /^PostgreSQL (\d+(?:\.\d+){0,2}(?:(?:alpha|beta|rc)\d+)?) (?:\(|on )/ },
      { near: '\0PostgreSQL ', pattern: /^\0PostgreSQL (\d+(?:\.\d+){0,2}(?:(?:alpha|beta|rc)\d+)?)/ },
    ],
  },
  {
    file: /^(?:mysql|mysqld|mariadb|mariadbd)$/,
    name: 'mariadb',
    cpes: [['mariadb', 'mariadb']],
    evidence: [{ near: '-MariaDB', before: 24, after: 0, pattern: /(\d+\.\d+\.\d+)-MariaDB$/ }],
  },
  {
    file: /^mysqld?$/,
    name: 'percona-server',
    cpes: [
      ['oracle', 'mysql'],
      ['percona', 'percona_server'],
    ],
    evidence: [{ near: '/percona-server-', pattern: new RegExp(`^/percona-server-(${release}(?:-\\d+)?)`) }],
  },
  {
    file: /^mysqld$/,
    name: 'mysql-server',
    cpes: [
      ['oracle', 'mysql'],
      ['oracle', 'mysql_server'],
    ],
    evidence: [{ near: '/mysql-', pattern: mysqlFolder }],
  },
  {
    file: /^mysql$/,
    name: 'mysql',
    cpes: [['oracle', 'mysql']],
    evidence: [{ near: '/mysql-', pattern: mysqlFolder }],
  },
  {
    file: /^bash$/,
    name: 'bash',
    cpes: [['gnu', 'bash']],
    evidence: [{ near: '@(#)Bash version ', pattern: new RegExp(`version (${release})`) }],
  },
  {
    file: /^curl$|^libcurl\.so/,
    name: 'curl',
    cpes: [['haxx', 'curl']],
    evidence: [
      { near: 'curl/', pattern: new RegExp(`^curl/(${release})`) },
      { near: 'libcurl/', pattern: new RegExp(`^libcurl/(${release})`) },
    ],
  },
  {
    file: /^xz$|^liblzma\.so/,
    name: 'xz',
    cpes: [['tukaani', 'xz']],
    evidence: [{ near: 'xz (XZ Utils) ', pattern: new RegExp(`Utils\\) (${release}(?:alpha|beta)?)`) }],
  },
  {
    file: /^lighttpd$/,
    name: 'lighttpd',
    cpes: [['lighttpd', 'lighttpd']],
    evidence: [{ near: 'lighttpd/', pattern: new RegExp(`^lighttpd/(${release})`) }],
  },
  {
    file: /^getopt$/,
    name: 'util-linux',
    cpes: [['kernel', 'util-linux']],
    evidence: [{ near: '\0util-linux ', pattern: /^\0util-linux (\d+\.\d+(?:\.\d+)?)\0/ }],
  },
  {
    file: /^slapd$/,
    name: 'openldap',
    cpes: [['openldap', 'openldap']],
    evidence: [{ near: '$OpenLDAP: slapd ', pattern: new RegExp(`slapd (${release})`) }],
  },
  {
    file: /^proftpd$/,
    name: 'proftpd',
    cpes: [['proftpd', 'proftpd']],
    evidence: [{ near: 'ProFTPD Version ', pattern: new RegExp(`Version (${release}(?:rc\\d+|[a-z])?)`) }],
  },
  {
    file: /^libstd-[0-9a-f]{16}\.so$/,
    name: 'rust',
    cpes: [['rust-lang', 'rust']],
    evidence: [{ near: '(rustc version ', pattern: new RegExp(`version (${release}) \\(`) }],
  },
  {
    file: /^erlexec$|^beam\.smp$/,
    name: 'erlang',
    cpes: [['erlang', 'erlang/otp']],
    evidence: [
      { near: '/otp_src_', pattern: /otp_src_(\d+\.\d+(?:\.\d+){0,2}(?:-rc\d)?)\// },
      { near: '/otp-', pattern: /otp-(\d+\.\d+(?:\.\d+){0,2}(?:-rc\d)?)\// },
      { near: '/OTP-', pattern: /OTP-(\d+\.\d+(?:\.\d+){0,2}(?:-rc\d)?)\// },
    ],
  },
  {
    file: /^composer(?:\.phar)?$/,
    name: 'composer',
    cpes: [['getcomposer', 'composer']],
    evidence: [
      {
        near: "'pretty_version'",
        pattern: new RegExp(`^'pretty_version'\\s*=>\\s*'(${release}(?:-?(?:alpha|beta|RC)\\d+)?)'`),
      },
    ],
  },
  {
    file: /^libjulia-internal\.so/,
    name: 'julia',
    cpes: [['julialang', 'julia']],
    evidence: [{ near: '__init__\0', pattern: new RegExp(`^__init__\\0(${release})\\0verify`) }],
  },
];
