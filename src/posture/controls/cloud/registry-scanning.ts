import { dig } from '../../cloud.ts';
import { isCloudReport } from '../../cloud-iam.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const registryScanning = defineControl({
  id: 'C-0221',
  name: 'Ensure Image Vulnerability Scanning using Amazon ECR image scanning or a third party provider',
  baseScore: 5,
  category: 'Workload',
  why: 'Images with known vulnerabilities run unnoticed if nobody scans them when they are pushed.',
  fix: 'Switch on scanning for each repository of the registry, or except this control where another scanner looks at it.',

  checks: [
    {
      rule: 'ensure-image-scanning-enabled-cloud',
      kinds: ['DescribeRepositories'],
      needs: ['DescribeRepositories'],
      applies: (report) =>
        clouds.some(({ provider }) => isCloudReport(report, 'DescribeRepositories', provider)),
      unreadable(report) {
        const cloud = clouds.find(({ provider }) => isCloudReport(report, 'DescribeRepositories', provider));
        const list = cloud && dig(report['data'], cloud.list);
        if (cloud === undefined) return undefined;
        if (!Array.isArray(list)) return `data.${cloud.list} is not reported, or is no list`;
        const at = list.findIndex((item) => typeof item !== 'object' || item === null);
        return at < 0 ? undefined : `data.${cloud.list}[${at}] is no mapping`;
      },
      judge(report) {
        const cloud = clouds.find(({ provider }) => isCloudReport(report, 'DescribeRepositories', provider));
        if (cloud === undefined) return [];
        const { list, field, name, fixCommand } = cloud;
        const repositories = itemsOf(dig(report['data'], list) as readonly object[] | undefined);
        const open = repositories.filter(({ item }) => dig(item, ...field.split('.')) !== true);
        if (open.length === 0) return [];
        const names = open.map(({ item, index }) => String(dig(item, name) ?? index));
        return [
          {
            message: `images are not scanned in ${names.join(', ')}`,
            failedPaths: [],
            fixPaths: [],
            fixCommand,
            shown: open.map(({ item, index }) => ({
              path: `data.${list}[${index}].${field}`,
              value: dig(item, ...field.split('.')),
            })),
            external: report,
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: eks.amazonaws.com/v1
        kind: DescribeRepositories
        metadata: { name: shop, provider: eks }
        data: { Repositories: [{ RepositoryName: web, ImageScanningConfiguration: { ScanOnPush: true } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: eks.amazonaws.com/v1
          kind: DescribeRepositories
          metadata: { name: shop, provider: eks }
          data: { Repositories: [{ RepositoryName: web, ImageScanningConfiguration: { ScanOnPush: false } }] }
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: container.googleapis.com/v1
          kind: DescribeRepositories
          metadata: { name: shop, provider: gke }
          data: { registries: [{ name: web, vulnerabilityScanningConfig: {} }] }
        `,
        paths: [],
      },
    ],
  },
});

const clouds = [
  {
    provider: 'eks',
    list: 'Repositories',
    name: 'RepositoryName',
    field: 'ImageScanningConfiguration.ScanOnPush',
    fixCommand:
      'aws ecr put-image-scanning-configuration --repository-name $REPO_NAME --image-scanning-configuration scanOnPush=true --region $REGION_CODE',
  },
  {
    provider: 'gke',
    list: 'registries',
    name: 'name',
    field: 'vulnerabilityScanningConfig.enableVulnerabilityScanning',
    fixCommand:
      'gcloud artifacts repositories update $REPO_NAME --location=$LOCATION --allow-vulnerability-scanning',
  },
] as const;
