import { X509Certificate } from 'node:crypto';

/** What to look at when the API server cannot be reached, by the code of the error; '' where there is nothing to say. */
export function hintOf(code: unknown): string {
  switch (code) {
    case 'ECONNREFUSED':
      return '; is it running, and is the address in the kubeconfig right?';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return '; the name in the kubeconfig does not resolve';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return '; its certificate is not of the authority in the kubeconfig';
    case 'CERT_HAS_EXPIRED':
      return '; the certificate of the API server has expired: renew it, or set the clock of this machine right';
    case 'CERT_NOT_YET_VALID':
      return '; the certificate of the API server is not valid yet: is the clock of this machine right?';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return '; its certificate is for another name: use one that it has, or set tls-server-name';
    default:
      return '';
  }
}

/** What a certificate that is not accepted has to do with the time; '' when nothing. */
export function certificateNote(certificate: string | undefined): string {
  if (certificate === undefined) return '';
  try {
    const { validFrom, validTo } = new X509Certificate(certificate);
    if (Date.parse(validTo) < Date.now())
      return `; our client certificate expired on ${validTo}, renew it in the kubeconfig`;
    if (Date.parse(validFrom) > Date.now())
      return `; our client certificate is valid from ${validFrom} only, is the clock of this machine right?`;
    return '';
  } catch {
    return '; our client certificate cannot be read';
  }
}
