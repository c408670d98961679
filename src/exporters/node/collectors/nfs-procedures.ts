/** Names of procedures in the order of the kernel's lines, as node exporter spells them. */

/** `proc2`. Source: RFC 1094 */
export const version2 = [
  ...['Null', 'GetAttr', 'SetAttr', 'Root', 'Lookup', 'ReadLink', 'Read', 'WrCache', 'Write', 'Create'],
  ...['Remove', 'Rename', 'Link', 'SymLink', 'MkDir', 'RmDir', 'ReadDir', 'FsStat'],
];

/** `proc3`. Source: RFC 1813 */
export const version3 = [
  ...['Null', 'GetAttr', 'SetAttr', 'Lookup', 'Access', 'ReadLink', 'Read', 'Write', 'Create', 'MkDir'],
  ...['SymLink', 'MkNod', 'Remove', 'RmDir', 'Rename', 'Link', 'ReadDir', 'ReadDirPlus', 'FsStat', 'FsInfo'],
  ...['PathConf', 'Commit'],
];

/** `proc4` of the client. Source: include/linux/nfs4.h of Linux */
export const clientVersion4 = [
  ...['Null', 'Read', 'Write', 'Commit', 'Open', 'OpenConfirm', 'OpenNoattr', 'OpenDowngrade', 'Close'],
  ...['Setattr', 'FsInfo', 'Renew', 'SetClientID', 'SetClientIDConfirm', 'Lock', 'Lockt', 'Locku', 'Access'],
  ...['Getattr', 'Lookup', 'LookupRoot', 'Remove', 'Rename', 'Link', 'Symlink', 'Create', 'Pathconf'],
  ...['StatFs', 'ReadLink', 'ReadDir', 'ServerCaps', 'DelegReturn', 'GetACL', 'SetACL', 'FsLocations'],
  ...['ReleaseLockowner', 'Secinfo', 'FsidPresent', 'ExchangeID', 'CreateSession', 'DestroySession'],
  ...['Sequence', 'GetLeaseTime', 'ReclaimComplete', 'LayoutGet', 'GetDeviceInfo', 'LayoutCommit'],
  ...['LayoutReturn', 'SecinfoNoName', 'TestStateID', 'FreeStateID', 'GetDeviceList', 'BindConnToSession'],
  ...['DestroyClientID', 'Seek', 'Allocate', 'DeAllocate', 'LayoutStats', 'Clone'],
];

/** `proc4ops` of the server by the numbers of the operations; undefined where node exporter tells nothing. Source: RFC 7530 */
export const serverVersion4: readonly (string | undefined)[] = [
  ...[undefined, undefined, undefined, 'Access', 'Close', 'Commit', 'Create', 'DelegPurge', 'DelegReturn'],
  ...['GetAttr', 'GetFH', 'Link', 'Lock', 'Lockt', 'Locku', 'Lookup', 'LookupRoot', 'Nverify', 'Open'],
  ...['OpenAttr', 'OpenConfirm', 'OpenDgrd', 'PutFH', undefined, undefined, 'Read', 'ReadDir', 'ReadLink'],
  ...['Remove', 'Rename', 'Renew', 'RestoreFH', 'SaveFH', 'SecInfo', 'SetAttr', undefined, undefined],
  ...['Verify', 'Write', 'RelLockOwner'],
];
