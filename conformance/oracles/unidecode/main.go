// Command unidecode prints how gosimple/unidecode 1.0.1, which the slugs of Argo CD's pull request generator go
// through, writes the characters beyond ASCII: one line for each block of 256 characters, its number in hexadecimal,
// then the texts, each behind a tab. Blocks and ends of blocks without any text are left out.
//
//	go run . > ../../../aoa-lang/src/text/unidecode.txt
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/gosimple/unidecode"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for block := 0; block < 256; block++ {
		texts := make([]string, 256)
		for low := range texts {
			char := rune(block<<8 | low)
			if char < 0x80 || char >= 0xd800 && char < 0xe000 {
				continue
			}
			// A tab or a line break is a space to everything that reads this.
			texts[low] = strings.Map(func(r rune) rune {
				if r == '\t' || r == '\n' {
					return ' '
				}
				return r
			}, unidecode.Unidecode(string(char)))
		}
		line := strings.TrimRight(strings.Join(texts, "\t"), "\t")
		if line != "" {
			fmt.Fprintf(out, "%x\t%s\n", block, line)
		}
	}
}
