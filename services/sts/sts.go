// Package sts is the AWS Security Token Service: its API, a file per operation.
package sts
