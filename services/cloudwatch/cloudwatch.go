// Package cloudwatch is Amazon CloudWatch: metrics and alarms, a file per operation.
package cloudwatch
