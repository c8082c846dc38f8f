// Package tagging is the AWS Resource Groups Tagging API over everything that Brownout holds.
package tagging
