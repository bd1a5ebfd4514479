# The DragonFly Mail Agent, as Debian's package leaves it: it delivers directly.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by lib/recipe.sh
dma_packages="dma"
dma_debconf="dma dma/mailname string built.$domain
dma dma/relayhost string "
