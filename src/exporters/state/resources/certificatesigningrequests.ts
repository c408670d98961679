import { created, gauge, labelsAndAnnotations } from '../families.ts';
import type { StateResource } from '../family.ts';
import { listAt, textAt } from '../fields.ts';

/** Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/auth/certificatesigningrequest-metrics.md */
export const certificatesigningrequests: StateResource = {
  resource: 'certificatesigningrequests',
  identity: (request) => [
    ...['certificatesigningrequest', textAt(request, 'metadata', 'name')],
    ...['signer_name', textAt(request, 'spec', 'signerName')],
  ],
  families: [
    ...labelsAndAnnotations('kube_certificatesigningrequest'),
    created('kube_certificatesigningrequest'),
    gauge('kube_certificatesigningrequest_condition', 'What was decided.', (request, emit) => {
      const conditions = listAt(request, 'status', 'conditions');
      for (const one of ['Approved', 'Denied', 'Failed'])
        emit(conditions.filter(({ type }) => type === one).length, 'condition', one.toLowerCase());
    }),
    gauge('kube_certificatesigningrequest_cert_length', 'Bytes of the certificate.', (request, emit) =>
      emit(decodedLength(textAt(request, 'status', 'certificate'))),
    ),
  ],
};

/** Of text in base 64. */
function decodedLength(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}
