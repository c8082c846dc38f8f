// Package iam is AWS Identity and Access Management as stored facts: its API, a file per operation.
package iam
