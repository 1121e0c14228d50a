"""Data sets of forgeries made from real videos or crops alone, with exact masks.

The families (``forensiclab.forge.families``) mirror the four manipulations of FaceForensics++; their folders have names
of their own, so that nobody takes them for the published data:

- ``SelfBlend`` mirrors Deepfakes: a face laid over itself, with other colours, sharpness and place;
- ``ExpressionWarp`` mirrors Face2Face: mouth, jaw and brows moved as in another frame;
- ``FaceSwapBlend`` mirrors FaceSwap: another person's face, aligned, coloured and blended;
- ``MouthTexture`` mirrors NeuralTextures: the mouth redrawn from a code of low resolution.
"""
