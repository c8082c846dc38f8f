package dynamodb

import "github.com/brownoutdev/brownout/services"

func init() { services.Add(&operations, "DescribeBackup", (*Service).describeBackup) }

func (s *Service) describeBackup(r *services.Request, in *DescribeBackupInput) (*DescribeBackupOutput, error) {
	b, err := s.backup(r.Call, in.BackupArn)
	if err != nil {
		return nil, err
	}
	return &DescribeBackupOutput{BackupDescription: b.describe(backupAvailable)}, nil
}
