module github.com/github/go-spdx/v2

go 1.26
