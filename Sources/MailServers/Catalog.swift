import MTAPlan
