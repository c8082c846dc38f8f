package aws

import "strings"

// DefaultRegion is the region of calls that name none, as LocalStack has it.
const DefaultRegion = "us-east-1"

// DefaultAccount owns what callers create whose access key names no account.
const DefaultAccount = "000000000000"

// Partition is the partition of a region by its prefix: aws, aws-cn, aws-us-gov, ...
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "us-isob-"):
		return "aws-iso-b"
	case strings.HasPrefix(region, "us-isof-"):
		return "aws-iso-f"
	case strings.HasPrefix(region, "us-iso-"):
		return "aws-iso"
	case strings.HasPrefix(region, "eu-isoe-"):
		return "aws-iso-e"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	}
	return "aws"
}
