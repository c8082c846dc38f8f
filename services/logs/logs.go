// Package logs is Amazon CloudWatch Logs: its API, a file per operation.
package logs
