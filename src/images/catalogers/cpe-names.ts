import type { PackageType } from '../../model/package.ts';

/** Vendors and products of the National Vulnerability Database for packages that go by other names. */
interface KnownNames {
  readonly vendors: readonly string[];
  readonly products: readonly string[];
}

const none: KnownNames = { vendors: [], products: [] };

/** A line for each: `name: vendors; products`. Source: the CPE dictionary, https://nvd.nist.gov/products/cpe */
const names: Partial<Record<PackageType, string>> = {
  binary: `
    bash: gnu
    coreutils: gnu
    composer: getcomposer
    consul: hashicorp
    curl: haxx
    erlang: erlang; erlang/otp
    fluent-bit: treasuredata; fluent_bit
    gcc: gnu
    go: golang
    httpd: apache; http_server
    julia: julialang
    mysql: oracle
    nginx: f5 nginx
    node: nodejs; node.js
    python: python_software_foundation
    redis: redislabs
    ruby: ruby-lang
    rust: rust-lang
    util-linux: kernel
    vault: hashicorp
  `,
  apk: `
    alsa-lib: alsa-project; alsa
    apache2: apache; http_server
    bash: gnu
    bazel: google
    bind: isc
    chromium: google; chrome
    clang: llvm
    curl: haxx
    dnsmasq: thekelleys
    firefox: mozilla
    firefox-esr: mozilla; firefox
    ghostscript: artifex
    git: git-scm
    glib: gnome
    glibc: gnu
    go: golang
    libavif: aomedia
    libxpm: libxpm_project
    make: gnu
    musl: musl-libc
    nodejs: nodejs; node.js
    nodejs-current: nodejs; node.js
    openjdk: oracle
    openjpeg: uclouvain
    podofo: podofo_project
    python: python_software_foundation
    python3: python python_software_foundation; python
    ruby: ruby-lang
    thunderbird: mozilla
    tiff: libtiff; libtiff
    wpa_supplicant: w1.fi
    xorg-server: x.org; x_server
  `,
  npm: `
    hapi: ; hapi_server_framework
    handlebars: handlebarsjs
    is-my-json-valid: ; is_my_json_valid
    mustache: ; mustache.js
    next: vercel; next.js
  `,
  gem: `
    cgi: ruby-lang
    date: ruby-lang
    openssl: ruby-lang
    rake: ruby-lang
    rdoc: ruby-lang
    rexml: ruby-lang
    webrick: ruby-lang
    yajl-ruby: ; yajl-ruby_gem
  `,
  python: `
    cryptography: cryptography.io; cryptography
    django: djangoproject
    Django: djangoproject
    pip: pypa
    python-rrdtool: ; rrdtool
  `,
  'java-archive': `
    apache-cassandra: apache; cassandra
    elasticsearch: elastic
    handlebars: handlebarsjs
    log4j: apache
    log4j-core: apache; log4j
    spring-core: pivotal_software springsource vmware; spring_framework springsource_spring_framework
    spring-security-core: vmware; spring_security
    springframework: pivotal_software springsource vmware; spring_framework springsource_spring_framework
  `,
  conan: `
    lwip: lwip_project
    mbedtls: arm; mbed_tls
    poco: pocoproject
    protobuf: google
  `,
};

/** Clients and bindings that are called after what they are for, and parts of a project: those names are not theirs. */
const others: Partial<Record<PackageType, string>> = {
  npm: `
    delegate: delegate
    docker: docker
    php: php
    redis: redis
  `,
  python: `
    kubernetes: ; kubernetes
    redis: redis
  `,
  gem: `
    grpc: ; grpc
    redis: ; redis
  `,
  'rust-crate': `
    hyper: vercel
    opentelemetry: ; opentelemetry
    phf: phf
    prometheus: prometheus
    redis: redis
  `,
  'php-pear': `
    redis: ; redis
  `,
  'java-archive': `
    gradle-enterprise: gradle; gradle-enterprise
    maven-builder-support: ; maven
    maven-model: ; maven
    maven-repository-metadata: ; maven
    maven-resolver-api: ; maven
    maven-resolver-impl: ; maven
    maven-resolver-spi: ; maven
    maven-resolver-util: ; maven
    maven-settings: ; maven
    maven-settings-builder: ; maven
    maven-shared-utils: ; maven
  `,
};

const parsed = parsedOf(names);
const parsedOthers = parsedOf(others);

function parsedOf(tables: typeof names): ReadonlyMap<string, KnownNames> {
  const parsed = new Map<string, KnownNames>();
  for (const [type, lines] of Object.entries(tables)) {
    for (const line of lines.trim().split('\n')) {
      const [name = '', rest = ''] = line.trim().split(': ');
      const [vendors = '', products = ''] = rest.split(';');
      parsed.set(`${type} ${name}`, { vendors: words(vendors), products: words(products) });
    }
  }
  return parsed;
}

function words(text: string): string[] {
  return text.split(' ').filter(Boolean);
}

/** What the database calls a package besides its own name; empty where that is not known. */
export function knownCpeNames(type: PackageType, name: string): KnownNames {
  return parsed.get(`${type} ${name}`) ?? none;
}

/** Vendors and products that a package's name suggests though they are of something else. */
export function foreignCpeNames(type: PackageType, name: string): KnownNames {
  return parsedOthers.get(`${type} ${name}`) ?? none;
}
