# IceWarp: whether it is there.

panel icewarp /opt/icewarp
