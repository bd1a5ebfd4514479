# Exim, as Debian's packages leave it: the daemon with all that it can be built with.
# shellcheck shell=bash

# shellcheck disable=SC2034 # recipe.sh reads it
exim_packages="exim4-daemon-heavy"
