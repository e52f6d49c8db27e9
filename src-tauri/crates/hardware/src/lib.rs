//! What the machine is: processor, memory, graphics cards, disk.
